package dev.groundhog.junit;

import dev.groundhog.junit.internal.Pauses;
import java.time.Duration;

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
  private final int before = Thread.activeCount();
  private final Duration within;

  CountGuard(Duration within) {
    this.within = within;
  }

  /// Waits until there are no more threads than before, or the time that it was given is over, or
  /// somebody interrupts; then it counts once more, and the thread stays interrupted.
  ///
  /// @throws AssertionError if there are still more
  @Override
  public void close() {
    int now = Thread.activeCount();
    try (Pauses pauses = new Pauses()) {
      while (now > before && pauses.pause(within)) {
        now = Thread.activeCount();
      }
    }
    if (now > before) {
      throw new AssertionError(
          "leak: there are " + now + " platform threads, and there were " + before + " before");
    }
  }
}
