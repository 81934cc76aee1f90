package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs tasks under a context, on threads of an executor that others use too: it is shut down for
/// its own tasks only.
final class ContextExecutor extends AbstractExecutorService {
  /// How often it is asked whether the others' executor has ended, which tells nobody of the tasks
  /// that it drops then.
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Context context;
  private final ExecutorService executor;

  /// Those that have not ended. Guarded by this object's lock, as is all below.
  private final Set<Task> tasks = new HashSet<>();

  private boolean isShutdown;

  ContextExecutor(Context context, ExecutorService executor) {
    this.context = context;
    this.executor = executor;
  }

  private final class Task implements Runnable {
    private final Labels labels = Labels.current();
    private final Runnable work;

    /// Of this task alone, once it has begun.
    private @Nullable CancellableContext own;

    private Task(Runnable work) {
      this.work = work;
    }

    @Override
    public void run() {
      if (begin()) {
        try (CancellableContext running = own) {
          labels.run(() -> running.run(work));
        } finally {
          end(this);
        }
      }
    }

    private boolean begin() {
      synchronized (ContextExecutor.this) {
        own = tasks.contains(this) ? context.withCancel() : null;
        return own != null;
      }
    }
  }

  private synchronized void end(Task task) {
    tasks.remove(task);
    notifyAll();
  }

  @Override
  public void execute(Runnable work) {
    Task task = new Task(work);
    synchronized (this) {
      if (isShutdown) {
        throw new RejectedExecutionException("this executor of a context was shut down");
      }
      tasks.add(task);
    }
    try {
      executor.execute(task);
    } catch (RuntimeException | Error e) {
      end(task);
      throw e;
    }
  }

  @Override
  public synchronized void shutdown() {
    isShutdown = true;
    notifyAll();
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> waiting = new ArrayList<>();
    List<CancellableContext> running = new ArrayList<>();
    synchronized (this) {
      shutdown();
      for (Task task : tasks) {
        if (task.own == null) {
          waiting.add(task.work);
        } else {
          running.add(task.own);
        }
      }
      tasks.removeIf(task -> task.own == null);
    }
    running.forEach(CancellableContext::cancel);
    return waiting;
  }

  @Override
  public synchronized boolean isShutdown() {
    return isShutdown;
  }

  @Override
  public synchronized boolean isTerminated() {
    return isShutdown && (tasks.isEmpty() || executor.isTerminated());
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    synchronized (this) {
      while (!isTerminated()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, ASK_NANOS));
      }
      return true;
    }
  }
}
