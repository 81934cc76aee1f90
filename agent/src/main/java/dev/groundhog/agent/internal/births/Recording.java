package dev.groundhog.agent.internal.births;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.groundhog.agent.internal.births.BirthLog.Found;
import dev.groundhog.agent.internal.births.BirthLog.Taker;
import dev.groundhog.agent.internal.births.CreationSite.Numbers;
import dev.groundhog.agent.internal.births.CreationSite.Share;
import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.Births.Birth;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.BirthCounts;
import dev.groundhog.endpoint.OwnThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/// The starts and ends of threads since one moment. All are counted. Recorded, with who started
/// them and from where, are platform threads, whose start costs much more than that, and of virtual
/// threads one of [#ONE_OF], chosen by their ids, or all. Our own threads are no part of it.
///
/// What is called by threads that start and end, [#started] and [#ended], neither parks nor blocks.
final class Recording {
  /// Of as many virtual threads one is recorded, unless all are.
  static final int ONE_OF = 64;

  private static final long SPREAD = 0xD1B54A32D192ED03L;

  private final CreationSites sites = new CreationSites();
  private final BirthLog log = new BirthLog(new Ends());
  private final CollectedThreads collected = new CollectedThreads();
  private final EarlierThreads earlier = new EarlierThreads();
  private final Tally virtualStarts = new Tally();
  private final Tally virtualEnds = new Tally();
  private final Tally platformStarts = new Tally();
  private final Tally platformEnds = new Tally();
  private final LongAdder notRemembered = new LongAdder();
  private final long sinceNanos = System.nanoTime();
  private final boolean all;
  private final Tags tags;

  private final LongToIntFunction tagInherited = this::tagInherited;

  /// Threads with this id and later ones were made when starts were recorded already. Of those
  /// before, which may be started later all the same, every start is recorded.
  private volatile long firstId = Long.MAX_VALUE;

  /// What is to be done for threads that have ended.
  private final class Ends implements BirthLog.Ends {
    @Override
    public void ended(long id, int site) {
      sites.numbered(site).ended(share(id));
    }

    @Override
    public void endedUnknown(long id) {
      endedLater(id);
    }
  }

  /// @param all whether every start of a virtual thread is recorded
  /// @param tags forgets those of threads that end
  Recording(boolean all, Tags tags) {
    this.all = all;
    this.tags = tags;
  }

  /// Lets the JVM load what the first start needs: no program's thread has to do it in the midst of
  /// starting another one.
  static void warmUp() {
    Tags tags = new Tags();
    try {
      tags.set(Thread.currentThread().threadId(), 1, () -> _ -> true);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is room for one
    }
    Recording scratch = new Recording(true, tags);
    for (Thread.Builder builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      Thread thread = BirthHooks.unstarted(builder);
      scratch.started(thread);
      scratch.ended(thread);
    }
  }

  /// From now on starts are told: what is made from here on cannot have been missed.
  void begun() {
    firstId = BirthHooks.unstarted(Thread.ofVirtual()).threadId();
  }

  /// What `before` knew of those that are alive is known here too, as of threads from before. They
  /// count nowhere.
  ///
  /// @param living the ids of all threads, taken since the ends of threads are told here
  void carry(Recording before, Set<Long> living) {
    before.earlier.each((entry, id) -> carry(living, id, entry));
    before.each((id, creator, nanos, site, tag) ->
        carry(
            living,
            id,
            new EarlierThreads.Entry(creator, nanos, before.sites.numbered(site).stack(), tag)));
  }

  private void carry(Set<Long> living, long id, EarlierThreads.Entry entry) {
    if (living.contains(id)) {
      earlier.add(id, entry);
    }
  }

  boolean recordsAll() {
    return all;
  }

  private boolean isRecorded(long id, boolean isVirtual) {
    return !isVirtual || all || isSampled(id) || id < firstId;
  }

  private static boolean isSampled(long id) {
    return ((id * SPREAD) >>> -Integer.numberOfTrailingZeros(ONE_OF)) == 0;
  }

  void started(Thread thread) {
    if (thread instanceof OwnThread) {
      return;
    }
    long id = thread.threadId();
    boolean isVirtual = thread.isVirtual();
    if (isVirtual) {
      virtualStarts.add(id);
    }
    if (isRecorded(id, isVirtual) && !sites.isNaming()) {
      boolean isRemembered = false;
      try {
        isRemembered = record(thread, id, isVirtual, new Throwable()); // here: a frame less
      } finally { // what fails here, for want of memory, say, is no failure of the program's
        if (!isRemembered) {
          notRemembered.increment();
          tags.lose();
        }
      }
    }
  }

  private boolean record(Thread thread, long id, boolean isVirtual, Throwable here) {
    CreationSite site = sites.of(here, isVirtual);
    long creator = Thread.currentThread().threadId();
    if (!log.add(id, creator, System.nanoTime(), site.number(), inherited(thread, creator, here))) {
      return false;
    }
    site.started(share(id));
    if (!isVirtual) {
      platformStarts.add(id); // else its end would not be counted
    }
    sites.name(site, here);
    return true;
  }

  private Share share(long id) {
    return id < firstId ? Share.ONE : Share.MANY;
  }

  /// The tag that a new thread has from its creator.
  private int inherited(Thread thread, long creator, Throwable here) {
    int tag = tags.of(creator, tagInherited);
    boolean isNobodys = tag == 0 || tag == Tags.OF_NOBODY; // as after a test's method ran on it
    if (isNobodys && tags.areUsed() && SharedThreads.isWorker(Thread.currentThread())) {
      tag = Tags.OF_SHARED;
    }
    return tag != 0 && SharedThreads.has(thread, here) ? 0 : tag;
  }

  private int tagInherited(long id) {
    int[] found = new int[1];
    Taker taker = (_, _, _, _, tag) -> found[0] = tag;
    switch (log.find(id, taker)) {
      case KNOWN -> {}
      case UNKNOWN -> {
        if (!collected.find(id, taker)) {
          return earlier.find(id).map(EarlierThreads.Entry::tag).orElse(0);
        }
      }
      case BUSY -> tags.lose();
    }
    return found[0];
  }

  void ended(Thread thread) {
    if (thread instanceof OwnThread) {
      return;
    }
    long id = thread.threadId();
    try {
      boolean isVirtual = thread.isVirtual();
      boolean isKnown = isRecorded(id, isVirtual) && forget(id);
      if (isVirtual && (isKnown || id >= firstId)) {
        virtualEnds.add(id);
      } else if (isKnown) {
        platformEnds.add(id); // else native code attached it, or it was there before
      }
    } finally { // behind the log: who is in it will still come here
      tags.ended(id);
    }
  }

  private boolean forget(long id) {
    return switch (log.remove(id)) {
      case KNOWN -> true;
      case UNKNOWN -> {
        earlier.remove(id);
        yield endedLater(id);
      }
      case BUSY -> {
        endedLater(id);
        yield true;
      }
    };
  }

  private boolean endedLater(long id) {
    Optional<CollectedThreads.Entry> entry = collected.remove(id);
    entry.ifPresent(found -> sites.numbered(found.site()).endedLater(share(id)));
    return entry.isPresent();
  }

  /// Whether this thread was started, as far as was recorded, and has not ended.
  boolean isKnown(long id) {
    Taker none = (_, _, _, _, _) -> {};
    return log.find(id, none) != Found.UNKNOWN
        || collected.find(id, none)
        || earlier.find(id).isPresent();
  }

  /// What is known of the start of `thread`, which has been found in a list.
  Birth of(Thread thread) {
    long id = thread.threadId();
    if (isCollected(id)) {
      takeBack(thread);
    }
    Optional<Birth> found = birth(id).or(() -> earlier.find(id).map(Recording::birth));
    if (found.isPresent()) {
      return found.get();
    }
    if (id < firstId) {
      return unrecorded(BirthRecord.BEFORE_RECORDING, Optional.of(since(sinceNanos)));
    }
    return thread.isVirtual() && (!all || notRemembered.sum() > 0)
        ? unrecorded(BirthRecord.NOT_SAMPLED, Optional.empty())
        : Birth.UNTOLD;
  }

  private static Birth birth(EarlierThreads.Entry entry) {
    return birth(entry.creator(), entry.startedNanos(), entry.stack());
  }

  private static Birth birth(long creator, long startedNanos, CallStack stack) {
    return new Birth(
        BirthRecord.RECORDED, stack, OptionalLong.of(creator), Optional.of(since(startedNanos)));
  }

  private static Birth unrecorded(BirthRecord why, Optional<Duration> age) {
    return new Birth(why, CallStack.EMPTY, OptionalLong.empty(), age);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - nanos));
  }

  /// What was recorded of the start of a thread that has not ended.
  ///
  /// @throws IllegalStateException if that cannot be had
  Optional<Birth> birth(long id) {
    Birth[] found = new Birth[1];
    Taker taker =
        (_, creator, nanos, site, _) ->
            found[0] = birth(creator, nanos, sites.numbered(site).stack());
    log.takeUpLate();
    if (log.find(id, taker) != Found.KNOWN) {
      collected.find(id, taker);
    }
    return Optional.ofNullable(found[0]);
  }

  /// A thread is told as collected: nothing will end it, so that it leaves the log, and is known as
  /// one of the latest that were. It is there before it leaves, since it may end meanwhile after
  /// all. False if it has.
  boolean tellCollected(long id) {
    if (isCollected(id)) {
      return true;
    }
    log.takeUpLate();
    CollectedThreads.Entry[] entry = new CollectedThreads.Entry[1];
    Found found =
        log.find(
            id,
            (_, creator, nanos, site, tag) ->
                entry[0] = new CollectedThreads.Entry(creator, nanos, site, tag));
    if (found != Found.KNOWN) {
      return false;
    }
    collected.add(id, entry[0]);
    if (log.take(id) != Found.KNOWN) {
      collected.remove(id);
      return false;
    }
    sites.numbered(entry[0].site()).collected(share(id));
    return isCollected(id);
  }

  /// Whether it was told as collected, and is remembered.
  boolean isCollected(long id) {
    return collected.find(id, (_, _, _, _, _) -> {});
  }

  /// How many were told as collected, as far as that was not taken back.
  long collected() {
    return sites
        .all()
        .mapToLong(site -> site.of(Share.ONE).collected() + site.of(Share.MANY).collected())
        .sum();
  }

  /// Somebody holds it after all. It may end meanwhile: then its end has found it at one of the two
  /// places, or at none.
  private void takeBack(Thread thread) {
    long id = thread.threadId();
    Taker taker =
        (_, creator, nanos, site, tag) -> {
          if (log.add(id, creator, nanos, site, tag)) {
            if (collected.remove(id).isPresent()) {
              sites.numbered(site).seenAgain(share(id));
            } else {
              log.take(id); // it has ended
            }
          }
        };
    collected.find(id, taker);
    if (!thread.isAlive()) {
      forget(id);
    }
  }

  private void each(Taker taker) {
    log.each(taker);
    collected.each(taker);
  }

  /// The ids of virtual threads that have not ended and were started at least `age` ago.
  long[] unended(Duration age) {
    long now = System.nanoTime();
    LongStream.Builder ids = LongStream.builder();
    each((id, _, nanos, site, _) -> {
      if (now - nanos >= age.toNanos() && sites.numbered(site).isVirtual()) {
        ids.add(id);
      }
    });
    return ids.build().toArray();
  }

  /// The ids of threads with one of these tags that have not ended, by tag; without tags that no
  /// thread has.
  ///
  /// @throws IllegalStateException if they cannot be had
  SortedMap<Integer, SortedSet<Long>> tagged(Set<Integer> asked) {
    SortedMap<Integer, SortedSet<Long>> found = new TreeMap<>();
    Taker taker =
        (id, _, _, _, tag) -> {
          if (asked.contains(tag)) {
            found.computeIfAbsent(tag, _ -> new TreeSet<>()).add(id);
          }
        };
    collected.each(taker); // they may move to the log or back meanwhile
    each(taker);
    earlier.each(
        (entry, id) -> taker.take(id, entry.creator(), entry.startedNanos(), 0, entry.tag()));
    return found;
  }

  BirthCounts counts() {
    int oneOf = all ? 1 : ONE_OF;
    return new BirthCounts(
        since(sinceNanos),
        oneOf,
        total(virtualStarts, virtualEnds),
        total(platformStarts, platformEnds),
        notRemembered.sum(),
        sites.resolved(),
        sites.all().collect(groupingBy(Shown::of, LinkedHashMap::new, toList())).entrySet().stream()
            .map(each -> each.getKey().counted(each.getValue(), oneOf))
            .toList());
  }

  /// Ends are read first: who starts and ends meanwhile has not ended before it started.
  private static BirthCounts.Total total(Tally starts, Tally ends) {
    long ended = ends.sum();
    return new BirthCounts.Total(starts.sum(), ended);
  }

  /// Sites that look the same, since they differ only in what is not told of a stack, are one.
  private record Shown(boolean isVirtual, List<Frame> frames) {
    static Shown of(CreationSite site) {
      return new Shown(site.isVirtual(), site.stack().frames());
    }

    /// In the order that [CreationSite.Numbers] asks for.
    BirthCounts.Site counted(List<CreationSite> same, int oneVirtualOf) {
      int oneOf = isVirtual ? oneVirtualOf : 1;
      CreationSite first = same.getFirst();
      BirthCounts.Count collected = sum(same, Numbers::collected, oneOf);
      BirthCounts.Count alive = sum(same, Numbers::alive, oneOf);
      BirthCounts.Count started = sum(same, Numbers::started, oneOf);
      return new BirthCounts.Site(
          isVirtual ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM,
          first.stack(),
          started,
          alive,
          collected,
          oneOf == 1 && same.size() == 1
              ? OptionalLong.of(first.recordedPeak())
              : OptionalLong.empty());
    }

    private static BirthCounts.Count sum(
        List<CreationSite> same, ToLongFunction<Numbers> number, int oneOf) {
      return new BirthCounts.Count(
          sum(same, number, Share.ONE), sum(same, number, Share.MANY), oneOf);
    }

    private static long sum(List<CreationSite> same, ToLongFunction<Numbers> number, Share share) {
      return same.stream().map(site -> site.of(share)).mapToLong(number).sum();
    }
  }
}
