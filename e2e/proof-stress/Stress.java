import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Works with executors, scopes and threads while proofs run without a pause, for some seconds:
/// `java Stress SECONDS FOLDER`. The URL of the agent comes on the standard input, from when on
/// proofs are made. Prints what went wrong and how much was done, and ends with 1 if anything went
/// wrong.
public final class Stress {
  private static final int LAST_PROOFS = 20;

  private static final AtomicLong SEEDS = new AtomicLong();

  private static volatile boolean isOver;

  private Stress() {}

  public static void main(String[] args) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler((_, error) -> uncaught(error));
    Fixture fixture = new Fixture();
    Dumps dumps = new Dumps(fixture, Path.of(args[1]));
    List<Thread> threads = new ArrayList<>();
    List.<Work>of(
            Executions::perTask,
            Executions::perTask,
            Executions::perTask,
            Executions::pool,
            Executions::pool,
            Scopes::once,
            Scopes::once,
            Waiters::once,
            Leaks::once,
            new Cache()::once,
            dumps::byBean,
            dumps::byCommand)
        .forEach(work -> threads.add(start(work)));
    Proofs proofs = new Proofs(new String(System.in.readAllBytes(), StandardCharsets.UTF_8).trim());
    threads.add(start(proofs::asGo));
    long end = System.nanoTime() + Duration.ofSeconds(Long.parseLong(args[0])).toNanos();
    while (System.nanoTime() < end) {
      Tally.count(proofs.once(true).isEmpty() ? "complete proofs" : "proofs beside a dump");
    }
    isOver = true;
    for (Thread thread : threads) {
      Tally.check(thread.join(Duration.ofSeconds(2 * Tally.HANG_SECONDS)), thread + " hangs");
    }
    for (int i = 0; i < LAST_PROOFS && !Leaks.missing().isEmpty(); i++) {
      proofs.once(false);
    }
    for (int i = 0; i < LAST_PROOFS; i++) {
      Set<String> missed = proofs.once(false);
      Tally.check(missed.isEmpty(), "a proof beside which nothing runs misses " + missed);
    }
    finish(fixture);
    System.out.println(Tally.text() + ", leaks " + Leaks.planted() + ", wrong " + Tally.wrong());
    System.exit(Tally.wrong() == 0 ? 0 : 1);
  }

  private static void finish(Fixture fixture) throws InterruptedException {
    Leaks.end();
    for (int i = 0; i < 500 && !Lists.stale().isEmpty(); i++) {
      Thread.sleep(10); // one that ends leaves the list first
    }
    Tally.check(Lists.stale().isEmpty(), "left in a list: " + Lists.stale());
    fixture.end();
  }

  private static Thread start(Work work) {
    Random random = new Random(SEEDS.incrementAndGet());
    return Thread.ofPlatform().daemon().name("work").start(() -> repeat(work, random));
  }

  private static void repeat(Work work, Random random) {
    while (!isOver) {
      try {
        work.once(random);
      } catch (Throwable e) {
        e.printStackTrace(System.out);
        Tally.wrong("an error: " + e);
      }
    }
  }

  /// A thread that ends slowly has left its executor before it has ended.
  private static void uncaught(Throwable error) {
    if (!Round.isPlanned(error)) {
      error.printStackTrace(System.out);
      Tally.wrong("an error: " + error);
    } else if (ThreadLocalRandom.current().nextInt(4) == 0) {
      Wakers.pause(5);
    }
  }
}
