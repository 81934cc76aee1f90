package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.LeakTestReport;
import java.util.ArrayList;
import java.util.List;

/// The leaks of a run, in the order in which they were found, up to bounds. Safe to share.
final class FoundLeaks {
  private static final int MAX_LEAKS = 2_000;
  private static final long MAX_THREADS = 200_000;
  private static final long MAX_FRAMES = 200_000;

  private final List<LeakTestReport> kept = new ArrayList<>();
  private long dropped;
  private long threads;
  private long frames;

  synchronized void add(LeakTestReport leak) {
    long newFrames = leak.groups().stream().mapToLong(group -> frames(group.sample())).sum();
    if (kept.size() >= MAX_LEAKS
        || threads + leak.dump().rows() > MAX_THREADS
        || frames + newFrames > MAX_FRAMES) {
      dropped++;
      return;
    }
    threads += leak.dump().rows();
    frames += newFrames;
    kept.add(leak);
  }

  private static int frames(DumpThread thread) {
    return thread.stack().frames().size() + thread.createdBy().frames().size();
  }

  synchronized List<LeakTestReport> kept() {
    return List.copyOf(kept);
  }

  /// How many there were beyond the bounds.
  synchronized long dropped() {
    return dropped;
  }
}
