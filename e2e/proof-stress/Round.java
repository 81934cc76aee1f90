import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// One executor's life: opened, filled with tasks that wait, and ended in one of several ways,
/// which must neither return while a task is still there, nor hang.
final class Round {
  private static final String PLANNED = "planned";

  /// How it ends.
  private enum Way {
    CLOSE,
    CLOSE_BY_VIRTUAL,
    SHUTDOWN,
    SHUTDOWN_FIRST,
    SHUTDOWN_NOW,
    SHUTDOWN_NOW_TWICE,
    CLOSE_INTERRUPTED;

    /// Whether nothing but an interrupt ends the tasks.
    boolean interrupts() {
      return this == SHUTDOWN_NOW || this == SHUTDOWN_NOW_TWICE || this == CLOSE_INTERRUPTED;
    }
  }

  private final ExecutorService executor;
  private final Random random;
  private final Way way;
  private final int tasks;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger interrupted = new AtomicInteger();

  private Round(ExecutorService executor, Random random, int mostTasks) {
    this.executor = executor;
    this.random = random;
    way = Way.values()[random.nextInt(Way.values().length)];
    tasks = 1 + random.nextInt(mostTasks);
  }

  /// @param held what the name of a thread begins with that only the executor can end
  /// @param mostTasks how many tasks it can run at once
  static void with(ExecutorService executor, Random random, String held, int mostTasks)
      throws InterruptedException {
    Tally.count("executors");
    Round round = new Round(executor, random, mostTasks);
    round.fill(held);
    round.end();
    round.check();
  }

  private void fill(String held) {
    CountDownLatch before = null;
    for (int i = 0; i < tasks; i++) {
      CountDownLatch latch = new CountDownLatch(1);
      CountDownLatch next = before;
      before = latch;
      boolean fails = random.nextInt(5) == 0;
      Runnable task =
          way.interrupts() ? () -> untilInterrupted(held) : () -> until(latch, next, fails);
      if (random.nextBoolean()) {
        executor.execute(task);
      } else {
        executor.submit(task);
      }
    }
    Tally.count("tasks", tasks);
    if (!way.interrupts()) {
      Wakers.wake(before, random); // each wakes the one before it
    }
  }

  private void until(CountDownLatch latch, CountDownLatch next, boolean fails) {
    Thread.currentThread().setName("live-task");
    begun.incrementAndGet();
    try {
      latch.await();
    } catch (InterruptedException e) {
      Tally.wrong("a task was interrupted: " + this);
    }
    if (next != null) {
      next.countDown();
    }
    done.incrementAndGet();
    if (fails) {
      throw new IllegalStateException(PLANNED);
    }
  }

  private void untilInterrupted(String held) {
    Thread.currentThread().setName(held);
    begun.incrementAndGet();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
    } finally {
      done.incrementAndGet();
    }
  }

  private void end() throws InterruptedException {
    switch (way) {
      case CLOSE -> close(Thread.ofPlatform().daemon().name("closer"));
      case CLOSE_BY_VIRTUAL -> close(Thread.ofVirtual().name("live-closer"));
      case SHUTDOWN -> {
        Thread.sleep(random.nextInt(30));
        executor.shutdown();
        await();
      }
      case SHUTDOWN_FIRST -> {
        executor.shutdown();
        await();
      }
      case SHUTDOWN_NOW -> {
        begin();
        executor.shutdownNow();
        await();
      }
      case SHUTDOWN_NOW_TWICE -> {
        executor.shutdown();
        begin();
        executor.shutdownNow();
        await();
      }
      case CLOSE_INTERRUPTED -> {
        begin();
        closeInterrupted();
      }
    }
  }

  /// Tasks that wait are interrupted, not such as have not begun.
  private void begin() throws InterruptedException {
    for (int i = 0; i < Tally.HANG_SECONDS * 1000 && begun.get() < tasks; i++) {
      Thread.sleep(1);
    }
    Tally.check(begun.get() == tasks, "a task did not begin: " + this);
    Thread.sleep(random.nextInt(30));
  }

  private void close(Thread.Builder builder) throws InterruptedException {
    Thread closer = builder.start(executor::close);
    Tally.check(
        closer.join(java.time.Duration.ofSeconds(Tally.HANG_SECONDS)), "close() hangs: " + this);
  }

  private void closeInterrupted() throws InterruptedException {
    AtomicBoolean isTold = new AtomicBoolean();
    Runnable close =
        () -> {
          executor.close();
          isTold.set(Thread.currentThread().isInterrupted());
        };
    Thread closer =
        random.nextBoolean()
            ? Thread.ofPlatform().daemon().start(close)
            : Thread.ofVirtual().name("live-interrupted-closer").start(close);
    Thread.sleep(random.nextInt(30));
    closer.interrupt();
    Tally.check(
        closer.join(java.time.Duration.ofSeconds(Tally.HANG_SECONDS)),
        "an interrupted close() hangs: " + this);
    Tally.check(isTold.get(), "the interrupt of a close() is lost: " + this);
  }

  private void await() throws InterruptedException {
    boolean isEarly = executor.isTerminated() && done.get() < tasks;
    Tally.check(!isEarly, "isTerminated() is early: " + this);
    Tally.check(
        executor.awaitTermination(Tally.HANG_SECONDS, TimeUnit.SECONDS),
        "awaitTermination() hangs: " + this);
  }

  private void check() {
    Tally.check(done.get() == tasks, "its end is early: " + this);
    Tally.check(!way.interrupts() || interrupted.get() == tasks, "an interrupt is lost: " + this);
    Tally.check(executor.isTerminated(), "it is not terminated: " + this);
    Tally.check(Lists.of(executor).isEmpty(), "threads are left: " + this);
  }

  /// Whether a task ended with the error that was meant.
  static boolean isPlanned(Throwable error) {
    return PLANNED.equals(error.getMessage());
  }

  @Override
  public String toString() {
    return executor
        + " "
        + way
        + " tasks "
        + tasks
        + " begun "
        + begun
        + " done "
        + done
        + " interrupted "
        + interrupted;
  }
}
