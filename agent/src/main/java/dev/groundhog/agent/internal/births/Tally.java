package dev.groundhog.agent.internal.births;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts threads exactly, for many that count at once: each at a place by its id, so that those
/// who start one after the other meet nowhere. A `LongAdder` finds its place by the thread that
/// counts, which for a new virtual thread it first has to make.
final class Tally {
  private static final int PLACES = 16;

  /// A cache line each.
  private static final int STRIDE = 8;

  private final AtomicLongArray counts = new AtomicLongArray(PLACES * STRIDE);

  void add(long id) {
    counts.getAndIncrement((int) (id & (PLACES - 1)) * STRIDE);
  }

  long sum() {
    long sum = 0;
    for (int place = 0; place < PLACES; place++) {
      sum += counts.get(place * STRIDE);
    }
    return sum;
  }
}
