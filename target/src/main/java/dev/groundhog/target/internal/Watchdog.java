package dev.groundhog.target.internal;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends waits that have no bound of their own: when its time is over it closes what it guards, and
/// a read that was blocked fails. One thread, which [#close] ends.
final class Watchdog implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final List<Closeable> guarded = new ArrayList<>();
  private final long endNanos;
  private boolean barked;

  Watchdog(String what, Duration limit) {
    endNanos = System.nanoTime() + limit.toNanos();
    Thread.ofPlatform().daemon().name("groundhog-watchdog-" + what).start(this::watch);
  }

  /// Closes `resource` when the time is over, at once if it is already.
  <C extends Closeable> C guard(C resource) {
    boolean late;
    synchronized (guarded) {
      guarded.add(resource);
      late = barked;
    }
    if (late) {
      closeQuietly(resource);
    }
    return resource;
  }

  /// Whether the time was over before the work was.
  boolean barked() {
    synchronized (guarded) {
      return barked;
    }
  }

  /// What is left of the time, at least 0.
  long remainingMillis() {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
  }

  @Override
  public void close() {
    finished.countDown();
  }

  static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException _) {
      // it was given up anyway
    }
  }

  private void watch() {
    try {
      if (finished.await(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    List<Closeable> late;
    synchronized (guarded) {
      barked = true;
      late = List.copyOf(guarded);
    }
    late.forEach(Watchdog::closeQuietly);
  }
}
