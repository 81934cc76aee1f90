import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Executors of virtual threads, one after another.
final class Executions {
  private static final int TASKS = 6;

  private Executions() {}

  /// With a thread for each task. Of these one can be stranded that only its executor can end.
  static void perTask(Random random) throws InterruptedException {
    ExecutorService executor =
        random.nextBoolean()
            ? Executors.newVirtualThreadPerTaskExecutor()
            : Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("live-new").factory());
    Round.with(executor, random, "held-task", TASKS);
  }

  /// A pool holds its threads.
  static void pool(Random random) throws Exception {
    ThreadFactory threads = Thread.ofVirtual().name("live-pool").factory();
    ExecutorService executor =
        switch (random.nextInt(4)) {
          case 0 -> Executors.newFixedThreadPool(TASKS, threads);
          case 1 -> Executors.newCachedThreadPool(threads);
          case 2 -> brief(threads);
          default -> scheduled(threads);
        };
    if (random.nextBoolean()) {
      Callable<Integer> ends =
          () -> {
            Wakers.pause(1);
            return 1;
          };
      Callable<Integer> waits =
          () -> {
            new CountDownLatch(1).await();
            return 2;
          };
      Tally.check(executor.invokeAll(List.of(ends, ends)).size() == 2, "invokeAll");
      Tally.check(executor.invokeAny(List.of(waits, ends, waits)) == 1, "invokeAny");
    }
    Round.with(executor, random, "live-pool-task", TASKS);
  }

  /// Its threads come and go.
  private static ExecutorService brief(ThreadFactory threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            TASKS, TASKS, 3, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), threads);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ExecutorService scheduled(ThreadFactory threads) {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(TASKS, threads);
    pool.schedule(() -> {}, 2, TimeUnit.MILLISECONDS);
    return pool;
  }
}
