import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.ThreadPoolExecutor;

/// Threads that live and wait all the time. Each has to be in each dump.
final class Fixture {
  private static final int MANY = 100;
  private static final int FEW = 20;

  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("live-executor-", 0).factory());
  private final ThreadPoolExecutor pool =
      (ThreadPoolExecutor)
          Executors.newFixedThreadPool(FEW, Thread.ofVirtual().name("live-idle-", 0).factory());
  private final List<String> names = new ArrayList<>();

  Fixture() throws InterruptedException {
    for (int i = 0; i < MANY; i++) {
      executor.execute(this::waits);
      Thread.ofVirtual().name("live-direct-" + i).start(this::waits);
      names.add("live-executor-" + i);
      names.add("live-direct-" + i);
    }
    pool.prestartAllCoreThreads();
    CountDownLatch forked = new CountDownLatch(1);
    Thread.ofPlatform().daemon().start(() -> scope(forked));
    for (int i = 0; i < FEW; i++) {
      names.add("live-idle-" + i);
      names.add("live-scope-" + i);
    }
    forked.await();
  }

  private void scope(CountDownLatch forked) {
    try (var scope =
        StructuredTaskScope.open(
            StructuredTaskScope.Joiner.awaitAll(),
            to -> to.withThreadFactory(Thread.ofVirtual().name("live-scope-", 0).factory()))) {
      for (int i = 0; i < FEW; i++) {
        scope.fork(this::waits);
      }
      forked.countDown();
      scope.join();
    } catch (InterruptedException e) {
      Tally.wrong("the owner of the fixture's scope was interrupted");
    }
  }

  private void waits() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Tally.wrong("the fixture was interrupted");
    }
  }

  List<String> names() {
    return names;
  }

  void end() {
    Tally.check(
        Lists.of(executor).size() == MANY,
        "the fixture's executor has " + Lists.of(executor).size());
    long direct =
        Lists.root().stream().filter(thread -> thread.getName().startsWith("live-direct-")).count();
    Tally.check(direct == MANY, "the fixture has " + direct + " threads in no executor");
    end.countDown();
    executor.close();
    pool.close();
  }
}
