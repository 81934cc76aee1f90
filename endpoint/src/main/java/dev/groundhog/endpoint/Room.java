package dev.groundhog.endpoint;

import java.util.Optional;

/// Whether there is memory for what holds something of every thread: a program must not run out of
/// it because somebody looks.
final class Room {
  /// Fewer threads than these fit anywhere.
  private static final long MANY = 100_000;

  private Room() {}

  /// Why so many threads are too many now, in words; empty if there is room.
  static Optional<String> lacking(long threads, long bytesOfThread) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    return threads < MANY || threads * bytesOfThread < free
        ? Optional.empty()
        : Optional.of(
            threads + " threads are too many for the " + (free >> 20) + " MiB that are free");
  }
}
