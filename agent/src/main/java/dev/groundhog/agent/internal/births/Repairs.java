package dev.groundhog.agent.internal.births;

import java.time.Duration;

/// How often our calls are put into the JDK's classes again: each time that somebody takes them
/// out, but at most once in [#PAUSE], since it costs some milliseconds for all. Not thread-safe.
final class Repairs {
  static final Duration PAUSE = Duration.ofSeconds(1);

  private long count;
  private long latestNanos;

  /// Nothing has been repaired yet.
  void reset() {
    count = 0;
  }

  boolean mayBegin() {
    return count == 0 || System.nanoTime() - latestNanos >= PAUSE.toNanos();
  }

  void began() {
    count++;
    latestNanos = System.nanoTime();
  }

  /// Whether this one is worth a line: the 1st, 2nd, 4th and so on.
  boolean isTold() {
    return Long.bitCount(count) == 1;
  }
}
