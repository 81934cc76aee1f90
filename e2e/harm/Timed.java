import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The tests of timers, and of what belongs to a thread.
final class Timed {
  private static final int THREADS = 20;
  private static final int TICKS = 5;

  private Timed() {}

  static void add(Map<String, Suite.Test> tests) {
    tests.put("ticks", _ -> ticks());
    tests.put("timer", _ -> timer());
    tests.put("timeouts", _ -> timeouts());
    tests.put("delays", _ -> delays());
    tests.put("thread locals", _ -> threadLocals());
    tests.put("inherited thread locals", _ -> inherited());
  }

  private static long ticks() throws Exception {
    CountDownLatch latch = new CountDownLatch(TICKS);
    try (ScheduledExecutorService timers = Executors.newScheduledThreadPool(1)) {
      var ticking = timers.scheduleWithFixedDelay(latch::countDown, 1, 1, TimeUnit.MILLISECONDS);
      latch.await();
      ticking.cancel(false);
      return timers.schedule(() -> TICKS, 1, TimeUnit.MILLISECONDS).get();
    }
  }

  private static long timer() throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(TICKS);
    Timer timer = new Timer(true);
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            latch.countDown();
          }
        },
        1,
        1);
    latch.await();
    timer.cancel();
    return TICKS;
  }

  private static long timeouts() throws Exception {
    CompletableFuture<Integer> never = new CompletableFuture<>();
    CompletableFuture<Integer> late =
        new CompletableFuture<Integer>().completeOnTimeout(7, 5, TimeUnit.MILLISECONDS);
    return never.orTimeout(5, TimeUnit.MILLISECONDS).exceptionally(_ -> 3).get() + late.get();
  }

  /// Comes after some milliseconds.
  private record Delay(int number, long until) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(until, ((Delay) other).until);
    }
  }

  private static long delays() throws Exception {
    DelayQueue<Delay> queue = new DelayQueue<>();
    long now = System.nanoTime();
    for (int i = TICKS; i > 0; i--) {
      queue.add(new Delay(i, now + TimeUnit.MILLISECONDS.toNanos(i)));
    }
    long order = 0;
    for (int i = 0; i < TICKS; i++) {
      order = 10 * order + queue.take().number;
    }
    return order;
  }

  /// Each thread finds its own value, also after it has waited, and nobody else's.
  private static long threadLocals() throws Exception {
    ThreadLocal<Integer> local = ThreadLocal.withInitial(() -> -1);
    AtomicLong sum = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    var threads =
        Suite.start(
            THREADS,
            number -> {
              Suite.check(local.get() == -1, "a thread has the value of another one");
              local.set(number);
              go.await();
              Suite.check(local.get() == number, "a thread's value is lost");
              sum.addAndGet(local.get());
            });
    Thread.sleep(5);
    go.countDown();
    Suite.join(threads);
    return sum.get();
  }

  private static long inherited() throws Exception {
    InheritableThreadLocal<Integer> local = new InheritableThreadLocal<>();
    local.set(3);
    AtomicLong sum = new AtomicLong();
    Suite.join(Suite.start(THREADS, _ -> sum.addAndGet(local.get())));
    local.remove();
    return sum.get();
  }
}
