package dev.groundhog.agent.internal.births;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.groundhog.agent.internal.births.BirthLog.Taker;
import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.Births.Birth;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.BirthCounts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/// The starts and ends of threads since one moment. All are counted. Recorded, with who started
/// them and from where, are platform threads, whose start costs much more than that, and of virtual
/// threads one of [#ONE_OF], chosen by their ids, or all.
///
/// What is called by threads that start and end, [#started] and [#ended], neither parks nor blocks.
final class Recording {
  /// Of as many virtual threads one is recorded, unless all are.
  static final int ONE_OF = 64;

  private static final long SPREAD = 0xD1B54A32D192ED03L;

  private final CreationSites sites = new CreationSites();
  private final BirthLog log = new BirthLog(site -> sites.numbered(site).ended());
  private final CollectedThreads collected = new CollectedThreads();
  private final Tally virtualStarts = new Tally();
  private final Tally virtualEnds = new Tally();
  private final Tally platformStarts = new Tally();
  private final Tally platformEnds = new Tally();
  private final LongAdder notRemembered = new LongAdder();
  private final long sinceNanos = System.nanoTime();
  private final boolean all;
  private final Tags tags;

  /// Threads with this id and later ones were made when starts were recorded already. Of those
  /// before, which may be started later all the same, every start is recorded.
  private volatile long firstId = Long.MAX_VALUE;

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
    tags.set(Thread.currentThread().threadId(), 1);
    Recording scratch = new Recording(true, tags);
    for (Thread.Builder builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      Thread thread = builder.unstarted(() -> {});
      scratch.started(thread);
      scratch.ended(thread);
    }
  }

  /// From now on starts are told: what is made from here on cannot have been missed.
  void begun() {
    firstId = Thread.ofVirtual().unstarted(() -> {}).threadId();
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
    long id = thread.threadId();
    boolean isVirtual = thread.isVirtual();
    if (isVirtual) {
      virtualStarts.add(id);
    }
    if (isRecorded(id, isVirtual) && !sites.isNaming()) {
      boolean isRemembered = false;
      try {
        isRemembered = record(thread, id, isVirtual);
      } finally { // what fails here, for want of memory, say, is no failure of the program's
        if (!isRemembered) {
          notRemembered.increment();
        }
      }
    }
  }

  private boolean record(Thread thread, long id, boolean isVirtual) {
    Throwable here = new Throwable();
    CreationSite site = sites.of(here, isVirtual);
    long creator = Thread.currentThread().threadId();
    if (!log.add(id, creator, System.nanoTime(), site.number(), inherited(thread, creator))) {
      return false;
    }
    site.started();
    if (!isVirtual) {
      platformStarts.add(id); // else its end would not be counted
    }
    sites.name(site, here);
    return true;
  }

  /// The tag that a new thread has from its creator.
  private int inherited(Thread thread, long creator) {
    int tag = tags.of(creator, log);
    return tag != 0 && !thread.isVirtual() && SharedThreads.has(thread) ? 0 : tag;
  }

  void ended(Thread thread) {
    long id = thread.threadId();
    tags.ended(id);
    boolean isVirtual = thread.isVirtual();
    boolean isKnown = isRecorded(id, isVirtual) && (log.remove(id) || endedLater(id));
    if (isVirtual && (isKnown || id >= firstId)) {
      virtualEnds.add(id);
    } else if (isKnown) {
      platformEnds.add(id); // else native code attached it, or it was there before
    }
  }

  private boolean endedLater(long id) {
    OptionalInt site = collected.remove(id);
    site.ifPresent(number -> sites.numbered(number).endedLater());
    return site.isPresent();
  }

  /// What is known of the start of `thread`.
  Birth of(Thread thread) {
    long id = thread.threadId();
    Optional<Birth> found = birth(id);
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

  private Birth birth(long creator, long startedNanos, int site) {
    return new Birth(
        BirthRecord.RECORDED,
        sites.numbered(site).stack(),
        OptionalLong.of(creator),
        Optional.of(since(startedNanos)));
  }

  private static Birth unrecorded(BirthRecord why, Optional<Duration> age) {
    return new Birth(why, CallStack.EMPTY, OptionalLong.empty(), age);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - nanos));
  }

  /// What was recorded of the start of a thread that has not ended.
  Optional<Birth> birth(long id) {
    Birth[] found = new Birth[1];
    Taker taker = (_, creator, nanos, site, _) -> found[0] = birth(creator, nanos, site);
    if (!log.find(id, taker)) {
      collected.find(id, taker);
    }
    return Optional.ofNullable(found[0]);
  }

  /// A thread is told as collected: nothing will end it, so that it leaves the log, and is known as
  /// one of the latest that were. False if it has ended meanwhile.
  boolean tellCollected(long id) {
    if (collected.find(id, (_, _, _, _, _) -> {})) {
      return true;
    }
    return log.take(
        id,
        (_, creator, nanos, site, tag) -> {
          sites.numbered(site).collected();
          collected.add(id, creator, nanos, site, tag);
        });
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

  /// The ids of threads with this tag that have not ended.
  long[] tagged(int tag) {
    LongStream.Builder ids = LongStream.builder();
    each((id, _, _, _, own) -> {
      if (own == tag) {
        ids.add(id);
      }
    });
    return ids.build().toArray();
  }

  BirthCounts counts() {
    int oneOf = all ? 1 : ONE_OF;
    return new BirthCounts(
        since(sinceNanos),
        oneOf,
        new BirthCounts.Total(virtualStarts.sum(), virtualEnds.sum()),
        new BirthCounts.Total(platformStarts.sum(), platformEnds.sum()),
        notRemembered.sum(),
        sites.resolved(),
        sites.all().collect(groupingBy(Shown::of, LinkedHashMap::new, toList())).entrySet().stream()
            .map(each -> each.getKey().counted(each.getValue(), oneOf))
            .toList());
  }

  /// Sites that look the same, since they differ only in what is not told of a stack, are one.
  private record Shown(boolean isVirtual, List<Frame> frames) {
    static Shown of(CreationSite site) {
      return new Shown(site.isVirtual(), site.stack().frames());
    }

    BirthCounts.Site counted(List<CreationSite> same, int oneVirtualOf) {
      int oneOf = isVirtual ? oneVirtualOf : 1;
      CreationSite first = same.getFirst();
      return new BirthCounts.Site(
          isVirtual ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM,
          first.stack(),
          sum(same, CreationSite::recordedStarts, oneOf),
          sum(same, CreationSite::recordedAlive, oneOf),
          sum(same, CreationSite::recordedCollected, oneOf),
          oneOf == 1 && same.size() == 1
              ? OptionalLong.of(first.recordedPeak())
              : OptionalLong.empty());
    }

    private static BirthCounts.Count sum(
        List<CreationSite> same, ToLongFunction<CreationSite> number, int oneOf) {
      return new BirthCounts.Count(same.stream().mapToLong(number).sum(), oneOf);
    }
  }
}
