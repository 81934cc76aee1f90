import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// The tests of executors, futures and scopes.
final class Executed {
  private static final int TASKS = 20;
  private static final int SECONDS = 60;
  private static final ScopedValue<Integer> SCOPED = ScopedValue.newInstance();

  private Executed() {}

  static void add(Map<String, Suite.Test> tests) {
    Map<String, Supplier<ExecutorService>> kinds =
        Map.of(
            "virtual", Executors::newVirtualThreadPerTaskExecutor,
            "thread per task",
                () -> Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory()),
            "fixed", () -> Executors.newFixedThreadPool(TASKS),
            "fixed virtual",
                () -> Executors.newFixedThreadPool(TASKS, Thread.ofVirtual().factory()),
            "cached", Executors::newCachedThreadPool,
            "scheduled", () -> Executors.newScheduledThreadPool(TASKS));
    kinds.keySet().stream()
        .sorted()
        .forEach(
            kind -> {
              tests.put(kind + ": submit", random -> submitted(kinds.get(kind).get(), random));
              tests.put(kind + ": now", _ -> shutDownNow(kinds.get(kind).get()));
              tests.put(kind + ": await", _ -> awaited(kinds.get(kind).get()));
            });
    tests.put("single: submit", random -> submitted(Executors.newSingleThreadExecutor(), random));
    tests.put("stealing: submit", random -> submitted(Executors.newWorkStealingPool(), random));
    tests.put("fork and join", _ -> forked());
    tests.put("futures", Executed::futures);
    tests.put("scope", Executed::scope);
    tests.put("cancelled scope", _ -> cancelled());
  }

  private static long submitted(ExecutorService executor, Random random) throws Exception {
    long sum = 0;
    AtomicInteger executed = new AtomicInteger();
    try (executor) {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        long number = random.nextInt();
        tasks.add(
            () -> {
              Thread.sleep(1);
              return number;
            });
      }
      List<Future<Long>> futures = new ArrayList<>();
      tasks.forEach(task -> futures.add(executor.submit(task)));
      futures.addAll(executor.invokeAll(tasks));
      for (Future<Long> future : futures) {
        sum = 31 * sum + future.get();
      }
      List<Callable<Integer>> same = List.of(() -> 5, () -> 5);
      Suite.check(executor.invokeAny(same) == 5, "any task has another result");
      for (int i = 0; i < TASKS; i++) {
        executor.execute(executed::incrementAndGet);
      }
    }
    Suite.check(executed.get() == TASKS, "close() is early, after " + executed);
    Suite.check(executor.isTerminated(), "it is not terminated");
    return sum;
  }

  /// Each task is interrupted, and has ended when the executor has.
  private static long shutDownNow(ExecutorService executor) throws Exception {
    CountDownLatch begun = new CountDownLatch(TASKS);
    AtomicInteger interrupted = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < TASKS; i++) {
      executor.execute(
          () -> {
            try {
              begun.countDown();
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
            } finally {
              ended.incrementAndGet();
            }
          });
    }
    begun.await();
    Suite.check(!executor.awaitTermination(1, TimeUnit.MILLISECONDS), "it ended early");
    executor.shutdownNow();
    Suite.check(executor.awaitTermination(SECONDS, TimeUnit.SECONDS), "it does not end");
    Suite.check(ended.get() == TASKS, "its end is early, after " + ended);
    return interrupted.get();
  }

  /// Tasks that wake each other after the shutdown.
  private static long awaited(ExecutorService executor) throws Exception {
    List<CountDownLatch> latches = new ArrayList<>();
    AtomicInteger ended = new AtomicInteger();
    latches.add(new CountDownLatch(1));
    for (int i = 0; i < TASKS; i++) {
      CountDownLatch before = latches.getLast();
      CountDownLatch own = new CountDownLatch(1);
      latches.add(own);
      executor.submit(
          () -> {
            before.await();
            ended.incrementAndGet();
            own.countDown();
            return 1;
          });
    }
    executor.shutdown();
    Suite.check(!executor.isTerminated(), "isTerminated() is early");
    Thread.sleep(5);
    latches.getFirst().countDown();
    Suite.check(executor.awaitTermination(SECONDS, TimeUnit.SECONDS), "it does not end");
    Suite.check(ended.get() == TASKS, "awaitTermination() is early, after " + ended);
    return ended.get();
  }

  private static final class Fibonacci extends RecursiveTask<Integer> {
    private static final long serialVersionUID = 1;

    private final int number;

    Fibonacci(int number) {
      this.number = number;
    }

    @Override
    protected Integer compute() {
      if (number < 2) {
        return number;
      }
      Fibonacci first = new Fibonacci(number - 1);
      first.fork();
      return new Fibonacci(number - 2).compute() + first.join();
    }
  }

  private static long forked() {
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      return pool.invoke(new Fibonacci(15));
    }
  }

  private static long futures(Random random) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Integer>> futures = new ArrayList<>();
      futures.add(CompletableFuture.supplyAsync(() -> 1, executor));
      for (int i = 0; i < TASKS; i++) {
        CompletableFuture<Integer> one = futures.get(random.nextInt(futures.size()));
        CompletableFuture<Integer> other = futures.get(random.nextInt(futures.size()));
        futures.add(
            switch (random.nextInt(4)) {
              case 0 -> one.thenCombineAsync(other, (a, b) -> 31 * a + b, executor);
              case 1 -> one.thenApplyAsync(a -> a + 1, executor);
              case 2 -> one.thenCompose(a -> other.thenApply(b -> a - b));
              default ->
                  one.thenApplyAsync(
                          a -> {
                            if (a > 0) {
                              throw new IllegalStateException("planned");
                            }
                            return a;
                          },
                          executor)
                      .exceptionally(_ -> 3);
            });
      }
      CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
          .get(SECONDS, TimeUnit.SECONDS);
      return futures.stream().mapToLong(CompletableFuture::join).reduce(0, (a, b) -> 31 * a + b);
    }
  }

  /// The subtasks have the owner's scoped value.
  private static long scope(Random random) throws Exception {
    int value = random.nextInt();
    return ScopedValue.where(SCOPED, value).call(Executed::inScope);
  }

  private static long inScope() throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.<Long>allSuccessfulOrThrow())) {
      for (int i = 0; i < TASKS; i++) {
        int number = i;
        scope.fork(
            () -> {
              Thread.sleep(1);
              return (long) SCOPED.get() * number;
            });
      }
      return scope.join().mapToLong(StructuredTaskScope.Subtask::get).sum();
    }
  }

  /// The first result interrupts the others, and the scope ends after them.
  private static long cancelled() throws InterruptedException {
    AtomicInteger interrupted = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(TASKS);
    try (var scope =
        StructuredTaskScope.open(Joiner.<Integer>anySuccessfulResultOrThrow())) {
      for (int i = 0; i < TASKS; i++) {
        scope.fork(
            () -> {
              try {
                begun.countDown();
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
              }
              throw new IllegalStateException("planned");
            });
      }
      scope.fork(
          () -> {
            begun.await();
            return 1;
          });
      Suite.check(scope.join() == 1, "a scope has another result");
    }
    return interrupted.get();
  }
}
