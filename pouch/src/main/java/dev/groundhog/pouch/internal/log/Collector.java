package dev.groundhog.pouch.internal.log;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The thread that writes all logs, `pouch-logs`, and what it has to do. A log is in the queue once
/// at most, takes a bounded turn and goes to the queue's end if there is more; so one that prints a
/// lot doesn't hold up the others.
final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());

  /// How often logs are looked at that can't be watched, or whose writing failed.
  private static final Duration LATE = Duration.ofMillis(100);

  /// How often logs are looked at whose containers print so much that to be told is too dear.
  private static final Duration BUSY = Duration.ofMillis(1);

  final Collecting.Buffers buffers = new Collecting.Buffers();
  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Changes changes = new Changes();
  private final Thread thread;

  private final Looks late = new Looks(LATE);
  private final Looks busy = new Looks(BUSY);

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

  Optional<Changes.Watching> watch(Path folder, Runnable changed) {
    return changes.watch(folder, changed);
  }

  /// Runs `look` ten times a second, until [#forget]. On the collector's thread, as are the next.
  void lookLate(Runnable look) {
    late.runs.add(look);
  }

  /// Runs `look` a thousand times a second, until [#forget].
  void lookOften(Runnable look) {
    busy.runs.add(look);
  }

  void forget(Runnable look) {
    late.runs.remove(look);
    busy.runs.remove(look);
  }

  /// What is run from time to time without being told.
  private static final class Looks {
    private final Set<Runnable> runs = new LinkedHashSet<>();
    private final long everyNanos;
    private long looked = System.nanoTime();

    Looks(Duration every) {
      everyNanos = every.toNanos();
    }

    void runIfDue() {
      if (!runs.isEmpty() && System.nanoTime() - looked >= everyNanos) {
        List.copyOf(runs).forEach(Runnable::run);
        looked = System.nanoTime();
      }
    }
  }

  private void loop() {
    while (!isLast) {
      try {
        Runnable task = next();
        if (task != null) {
          task.run();
        }
        busy.runIfDue();
        late.runIfDue();
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "nobody interrupts this thread", e);
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "a log was not written; others go on", e);
      }
    }
  }

  private @Nullable Runnable next() throws InterruptedException {
    if (busy.runs.isEmpty() && late.runs.isEmpty()) {
      return work.take();
    }
    Looks next = busy.runs.isEmpty() ? late : busy;
    return work.poll(next.everyNanos, TimeUnit.NANOSECONDS);
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
