package dev.groundhog.junit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Compares how many threads there are before and after: the simplest guard.
///
/// ```java
/// try (CountGuard guard = Leaks.countGuard()) {
///   …
/// }
/// ```
///
/// Limits: it counts platform threads alone, those of the current thread's group, since the JVM
/// does not count virtual ones. An old thread that ends hides one that leaked, and one that the
/// runner starts meanwhile is taken for a leak; it can't run beside other tests, and can't say who
/// leaked. [Leaks#snapshot] does better.
public final class CountGuard implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofMillis(100);

  private final int before = Thread.activeCount();

  CountGuard() {}

  /// Waits for up to 500 ms until there are no more threads than before.
  ///
  /// @throws AssertionError if there are still more
  @Override
  public void close() {
    long end = System.nanoTime() + WITHIN.toNanos();
    long pauseMillis = 1;
    int now = Thread.activeCount();
    while (now > before && System.nanoTime() - end < 0) {
      if (!pause(pauseMillis)) {
        break;
      }
      pauseMillis = Math.min(2 * pauseMillis, MAX_PAUSE.toMillis());
      now = Thread.activeCount();
    }
    if (now > before) {
      throw new AssertionError(
          "leak: there are " + now + " platform threads, and there were " + before + " before");
    }
  }

  private static boolean pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
