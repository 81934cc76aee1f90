package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/// Runs tasks under a context.
final class ContextExecutor extends AbstractExecutorService {
  private final Context context;
  private final ExecutorService executor;

  ContextExecutor(Context context, ExecutorService executor) {
    this.context = context;
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    Labels labels = Labels.current();
    executor.execute(() -> labels.run(() -> context.run(task)));
  }

  @Override
  public void shutdown() {
    executor.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return executor.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return executor.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return executor.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return executor.awaitTermination(timeout, unit);
  }
}
