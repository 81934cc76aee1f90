package dev.groundhog.pouch.internal.log;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The thread that writes all logs, `pouch-logs`, and what it has to do. A log is in the queue once
/// at most, takes a bounded turn and goes to the queue's end if there is more; so one that prints a
/// lot doesn't hold up the others.
final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());

  /// How often logs are looked at that can't be watched, or whose writing failed.
  private static final long LATE_MILLIS = 100;

  final Collecting.Buffers buffers = new Collecting.Buffers();
  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Changes changes = new Changes();
  private final Thread thread;

  /// Looked at without being told. This thread's only.
  private final Set<Runnable> late = new LinkedHashSet<>();

  /// Guarded by `work`, as it must be known with what is in it.
  private boolean isOpen = true;

  /// This thread's only.
  private boolean isLast;

  Collector() {
    thread = Thread.ofPlatform().daemon().name("pouch-logs").start(this::loop);
  }

  /// Runs `task` on the collector's thread, after all that was submitted before.
  ///
  /// @return false if the collector is closed
  boolean submit(Runnable task) {
    synchronized (work) {
      return isOpen && work.add(task);
    }
  }

  Optional<AutoCloseable> watch(Path folder, Runnable changed) {
    return changes.watch(folder, changed);
  }

  /// Runs `look` from time to time, until [#forget]. On the collector's thread.
  void lookLate(Runnable look) {
    late.add(look);
  }

  void forget(Runnable look) {
    late.remove(look);
  }

  private void loop() {
    long looked = System.nanoTime();
    while (!isLast) {
      try {
        Runnable task =
            late.isEmpty() ? work.take() : work.poll(LATE_MILLIS, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
        if (System.nanoTime() - looked >= TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS)) {
          looked = System.nanoTime();
          List.copyOf(late).forEach(Runnable::run);
        }
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "nobody interrupts this thread", e);
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a log was not written; others go on", e);
      }
    }
  }

  /// Does what is to be done, and ends the threads.
  @Override
  public void close() {
    changes.close();
    synchronized (work) {
      isOpen = false;
      work.add(() -> isLast = true);
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
