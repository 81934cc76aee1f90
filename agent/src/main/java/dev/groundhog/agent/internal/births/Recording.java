package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.Births.Birth;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.BirthCounts;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
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
      record(thread, id, isVirtual);
    }
  }

  private void record(Thread thread, long id, boolean isVirtual) {
    Throwable here = new Throwable();
    CreationSite site = sites.of(here, isVirtual);
    long creator = Thread.currentThread().threadId();
    if (!log.add(id, creator, System.nanoTime(), site.number(), inherited(thread, creator))) {
      notRemembered.increment();
      return;
    }
    site.started();
    if (!isVirtual) {
      platformStarts.add(id); // else its end would not be counted
    }
    sites.name(site, here);
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
    boolean isKnown = isRecorded(id, isVirtual) && log.remove(id);
    if (isVirtual && (isKnown || id >= firstId)) {
      virtualEnds.add(id);
    } else if (isKnown) {
      platformEnds.add(id); // else native code attached it, or it was there before
    }
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
    log.find(id, (_, creator, nanos, site, _) -> found[0] = birth(creator, nanos, site));
    return Optional.ofNullable(found[0]);
  }

  /// The ids of virtual threads that have not ended and were started at least `age` ago.
  long[] unended(Duration age) {
    long now = System.nanoTime();
    LongStream.Builder ids = LongStream.builder();
    log.each((id, _, nanos, site, _) -> {
      if (now - nanos >= age.toNanos() && sites.numbered(site).isVirtual()) {
        ids.add(id);
      }
    });
    return ids.build().toArray();
  }

  /// The ids of threads with this tag that have not ended.
  long[] tagged(int tag) {
    LongStream.Builder ids = LongStream.builder();
    log.each((id, _, _, _, own) -> {
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
        sites.all().map(site -> counted(site, site.isVirtual() ? oneOf : 1)).toList());
  }

  private static BirthCounts.Site counted(CreationSite site, int oneOf) {
    return new BirthCounts.Site(
        site.isVirtual() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM,
        site.stack(),
        new BirthCounts.Count(site.recordedStarts(), oneOf),
        new BirthCounts.Count(site.recordedAlive(), oneOf),
        new BirthCounts.Count(site.recordedPeak(), oneOf));
  }
}
