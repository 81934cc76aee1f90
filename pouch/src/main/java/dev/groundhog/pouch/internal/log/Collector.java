package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The thread that writes all logs, `pouch-logs`, and what it has to do. A log is in the queue once
/// at most, takes a bounded turn and goes to the queue's end if there is more; so one that prints a
/// lot doesn't hold up the others.
///
/// Where it has nothing to do, the thread that is told of a change takes that turn itself: to wake
/// another costs a line most of its time. All tasks run under one lock, so whatever belongs to "the
/// collector's thread" belongs to that lock; nobody interrupts either thread.
final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());

  /// How often logs are looked at that can't be watched, or whose writing failed.
  private static final Duration LATE = Duration.ofMillis(100);

  /// How often logs are looked at whose containers print so much that to be told is too dear.
  private static final Duration BUSY = Duration.ofMillis(1);

  final Collecting.Buffers buffers = new Collecting.Buffers();
  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final @Nullable Changes changes = openChanges();
  private final Thread thread;

  private final Looks late = new Looks(LATE);
  private final Looks busy = new Looks(BUSY);

  private final ReentrantLock turns = new ReentrantLock();

  /// Guarded by `work`, as it must be known with what is in it.
  private boolean isOpen = true;

  /// Guarded by `turns`, as are the looks.
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

  /// Runs `task` on this thread if nothing else is running or to be run, else as [#submit] does.
  /// For a thread that nobody interrupts.
  void runOrSubmit(Runnable task) {
    if (!work.isEmpty() || !turns.tryLock()) {
      boolean _ = submit(task);
      return;
    }
    try {
      if (!isLast) {
        task.run();
      }
    } catch (RuntimeException | Error e) {
      sayFailed(e);
    } finally {
      turns.unlock();
    }
  }

  private static void sayFailed(Throwable e) {
    LOG.log(System.Logger.Level.ERROR, "a log was not written; others go on", e);
  }

  private static @Nullable Changes openChanges() {
    try {
      return Changes.open();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "files can't be watched, logs come late: {0}; raise fs.inotify.max_user_instances",
          e.getMessage());
      return null;
    }
  }

  /// Calls `changed` as [Changes#watch] does.
  ///
  /// @return empty if the folder can't be watched
  Optional<Changes.Watching> watch(Path folder, Runnable changed) {
    if (changes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(changes.watch(folder, changed));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} can''t be watched, its log comes late: {1}; raise fs.inotify.max_user_watches",
          folder,
          e.getMessage());
      return Optional.empty();
    }
  }

  /// Runs `look` ten times a second, until [#forget]. On the collector's thread, as are the next.
  void lookLate(Runnable look) {
    late.runs.add(look);
    wake();
  }

  /// Runs `look` a thousand times a second, until [#forget].
  void lookOften(Runnable look) {
    busy.runs.add(look);
    wake();
  }

  /// It may wait without a deadline.
  private void wake() {
    if (!Thread.currentThread().equals(thread)) {
      boolean _ = submit(() -> {});
    }
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
    boolean isOver = false;
    Duration patience = Duration.ZERO;
    while (!isOver) {
      try {
        Runnable task = next(patience);
        turns.lock();
        try {
          if (task != null) {
            task.run();
          }
          busy.runIfDue();
          late.runIfDue();
        } finally {
          patience = untilNextLook();
          isOver = isLast;
          turns.unlock();
        }
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "nobody interrupts this thread", e);
      } catch (RuntimeException | Error e) {
        sayFailed(e);
      }
    }
  }

  /// Zero if there is none.
  private Duration untilNextLook() {
    return !busy.runs.isEmpty() ? BUSY : !late.runs.isEmpty() ? LATE : Duration.ZERO;
  }

  private @Nullable Runnable next(Duration patience) throws InterruptedException {
    return patience.isZero() ? work.take() : work.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Does what is to be done, and ends the threads.
  @Override
  public void close() {
    if (changes != null) {
      changes.close();
    }
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
