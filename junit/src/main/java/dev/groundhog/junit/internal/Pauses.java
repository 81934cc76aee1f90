package dev.groundhog.junit.internal;

import java.time.Duration;

/// Growing pauses between looks, until time is up. Somebody who interrupts meanwhile wants no more
/// waiting, so that there is then one last look. A thread that was interrupted before does wait. In
/// both cases it is interrupted again when this is closed. For one thread.
public final class Pauses implements AutoCloseable {
  private static final Duration MAX = Duration.ofMillis(100);

  private final long begunNanos = System.nanoTime();
  private final boolean wasInterrupted = Thread.interrupted();
  private boolean isInterrupted;
  private Duration next = Duration.ofMillis(1);

  /// Waits for a while.
  ///
  /// @param limit since this was made
  /// @return whether to look again; false if time is up, without waiting
  public boolean pause(Duration limit) {
    Duration rest = limit.minusNanos(System.nanoTime() - begunNanos);
    if (!rest.isPositive() || isInterrupted()) {
      return false;
    }
    try {
      Thread.sleep(rest.compareTo(next) < 0 ? rest : next);
    } catch (InterruptedException _) {
      isInterrupted = true;
    }
    next = next.multipliedBy(2);
    next = next.compareTo(MAX) > 0 ? MAX : next;
    return true;
  }

  /// Whether somebody has interrupted since this was made.
  boolean isInterrupted() {
    isInterrupted |= Thread.interrupted();
    return isInterrupted;
  }

  @Override
  public void close() {
    if (wasInterrupted || isInterrupted()) {
      Thread.currentThread().interrupt();
    }
  }
}
