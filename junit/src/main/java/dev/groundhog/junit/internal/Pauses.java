package dev.groundhog.junit.internal;

import java.time.Duration;

/// Growing pauses between looks, up to a limit of time.
final class Pauses {
  private static final Duration MAX = Duration.ofMillis(100);

  private final long begunNanos = System.nanoTime();
  private Duration pause = Duration.ofMillis(1);

  /// Waits for a while; not at all if `limit` since this was made is over.
  ///
  /// @return whether to look again
  boolean next(Duration limit) throws InterruptedException {
    Duration rest = limit.minusNanos(System.nanoTime() - begunNanos);
    if (!rest.isPositive()) {
      return false;
    }
    Thread.sleep(rest.compareTo(pause) < 0 ? rest : pause);
    pause = pause.multipliedBy(2);
    pause = pause.compareTo(MAX) > 0 ? MAX : pause;
    return true;
  }
}
