import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Opens a latch after some milliseconds, which meanwhile is held in one of several ways, by
/// something that can run.
final class Wakers {
  private static final int MOST_MILLIS = 50;
  private static final ScheduledExecutorService TIMER =
      Executors.newScheduledThreadPool(1, Thread.ofPlatform().daemon().name("timer").factory());
  private static final Map<Object, CountDownLatch> STATIC = new ConcurrentHashMap<>();

  private Wakers() {}

  static void wake(CountDownLatch latch, Random random) {
    int millis = random.nextInt(MOST_MILLIS);
    switch (random.nextInt(5)) {
      case 0 -> TIMER.schedule(latch::countDown, millis, TimeUnit.MILLISECONDS);
      case 1 -> {
        Object key = new Object();
        STATIC.put(key, latch);
        TIMER.schedule(() -> STATIC.remove(key).countDown(), millis, TimeUnit.MILLISECONDS);
      }
      case 2 -> virtual(latch, millis);
      case 3 ->
          new CompletableFuture<Integer>()
              .completeOnTimeout(1, millis + 1L, TimeUnit.MILLISECONDS)
              .thenRun(latch::countDown);
      default -> platform(latch, millis);
    }
  }

  private static void virtual(CountDownLatch latch, int millis) {
    Thread.ofVirtual()
        .name("live-waker")
        .start(
            () -> {
              pause(millis);
              latch.countDown();
            });
  }

  private static void platform(CountDownLatch latch, int millis) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              pause(millis);
              latch.countDown();
            });
  }

  static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
