import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.atomic.AtomicInteger;

/// Structured scopes, whose owner cancels the subtasks that wait for nothing else.
final class Scopes {
  private static final int FORKS = 3;

  private Scopes() {}

  static void once(Random random) throws InterruptedException {
    long seed = random.nextLong();
    boolean isVirtual = random.nextBoolean();
    Thread.Builder builder =
        isVirtual ? Thread.ofVirtual().name("live-owner") : Thread.ofPlatform().daemon();
    Thread owner = builder.start(() -> one(new Random(seed)));
    Tally.check(
        owner.join(Duration.ofSeconds(Tally.HANG_SECONDS)),
        "a scope hangs, of a virtual owner: " + isVirtual);
    Tally.count("scopes");
  }

  private static void one(Random random) {
    AtomicInteger open = new AtomicInteger();
    try {
      switch (random.nextInt(4)) {
        case 0 -> allWoken(random, open);
        case 1 -> oneFails(random, open);
        case 2 -> oneSucceeds(random, open);
        default -> timeIsUp(random, open);
      }
    } catch (InterruptedException e) {
      Tally.wrong("the owner of a scope was interrupted");
    }
    Tally.check(open.get() == 0, "the end of a scope is early, subtasks are left: " + open);
  }

  private static void allWoken(Random random, AtomicInteger open) throws InterruptedException {
    try (var scope = StructuredTaskScope.open()) {
      for (int i = 0; i < FORKS; i++) {
        CountDownLatch latch = new CountDownLatch(1);
        scope.fork(() -> waits(latch, open));
        Wakers.wake(latch, random);
      }
      scope.join();
    }
  }

  private static void oneFails(Random random, AtomicInteger open) throws InterruptedException {
    int pause = random.nextInt(30);
    try (var scope = StructuredTaskScope.open()) {
      waiters(scope, open);
      scope.fork(
          () -> {
            Wakers.pause(pause);
            throw new IllegalStateException("planned");
          });
      scope.join();
      Tally.wrong("a scope did not fail");
    } catch (StructuredTaskScope.FailedException e) {
      // as planned
    }
  }

  private static void oneSucceeds(Random random, AtomicInteger open) throws InterruptedException {
    int pause = random.nextInt(30);
    try (var scope = StructuredTaskScope.open(Joiner.<Integer>anySuccessfulResultOrThrow())) {
      waiters(scope, open);
      scope.fork(
          () -> {
            Wakers.pause(pause);
            return 2;
          });
      Tally.check(scope.join() == 2, "a scope has another result");
    }
  }

  private static void timeIsUp(Random random, AtomicInteger open) throws InterruptedException {
    Duration time = Duration.ofMillis(1 + random.nextInt(40));
    try (var scope =
        StructuredTaskScope.open(Joiner.<Integer>awaitAll(), to -> to.withTimeout(time))) {
      waiters(scope, open);
      scope.join();
      Tally.wrong("a scope did not time out");
    } catch (StructuredTaskScope.TimeoutException e) {
      // as planned
    }
  }

  /// Nobody but the scope can end them. One that is forked after the cancellation does not begin.
  private static void waiters(StructuredTaskScope<? super Integer, ?> scope, AtomicInteger open) {
    for (int i = 0; i < FORKS; i++) {
      scope.fork(() -> waits(new CountDownLatch(1), open));
    }
  }

  private static int waits(CountDownLatch latch, AtomicInteger open) {
    open.incrementAndGet();
    try {
      Thread.currentThread().setName("live-fork");
      latch.await();
    } catch (InterruptedException e) {
      // cancelled
    } finally {
      open.decrementAndGet();
    }
    return 1;
  }
}
