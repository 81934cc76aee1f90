import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Threads that nobody holds, and that nothing can wake: each has to be found, but those that the
/// JVM itself may hold. The first ones stay; the others are interrupted once they are found, and
/// have to end then.
final class Leaks {
  private static final int KEPT = 100;
  private static final int STRANDED = 50;
  private static final int KINDS = 11;
  private static final int PAUSE_MILLIS = 15;

  private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();
  private static final AtomicInteger PLANTED = new AtomicInteger();
  private static final AtomicInteger ENDED = new AtomicInteger();
  private static final AtomicInteger INTERRUPTED = new AtomicInteger();
  private static final Set<String> WAITING = ConcurrentHashMap.newKeySet();
  private static final Set<String> FOUND = ConcurrentHashMap.newKeySet();
  private static final Set<String> KEPT_NAMES = ConcurrentHashMap.newKeySet();

  /// How long the JVM had been running when they were planted.
  private static final Map<String, Long> UPTIME_MILLIS = new ConcurrentHashMap<>();

  /// The first of each kind before the first proof: it loads classes. While a transformer is there,
  /// as the agent's is for a moment when it begins to record starts, the JVM holds a virtual thread
  /// that loads one, until that thread ends.
  private static final Set<String> LOADING = ConcurrentHashMap.newKeySet();

  private Leaks() {}

  static void once(Random random) throws InterruptedException {
    int number = PLANTED.getAndIncrement();
    boolean isKept = number < KEPT;
    boolean isFirst = number < KINDS && Tally.of("proofs") == 0;
    if (number < STRANDED) {
      stranded(name("strand-" + number, isFirst && number == 0));
    }
    plant(name((isKept ? "leak-kept-" : "leak-") + number, isFirst), number % KINDS);
    if (random.nextInt(4) == 0) {
      unreachable();
    }
    Thread.sleep(PAUSE_MILLIS);
  }

  private static String name(String name, boolean isFirst) {
    WAITING.add(name);
    UPTIME_MILLIS.put(name, ManagementFactory.getRuntimeMXBean().getUptime());
    if (isFirst) {
      LOADING.add(name);
    }
    return name;
  }

  private static void stranded(String name) {
    KEPT_NAMES.add(name);
    EXECUTOR.execute(
        () -> {
          Thread.currentThread().setName(name);
          waits(() -> new CountDownLatch(1).await());
        });
  }

  private static void plant(String name, int kind) {
    if (name.startsWith("leak-kept")) {
      KEPT_NAMES.add(name);
    }
    Thread.ofVirtual().name(name).start(() -> waits(() -> forever(kind)));
  }

  private interface Wait {
    void once() throws Exception;
  }

  private static void waits(Wait wait) {
    try {
      wait.once();
      Tally.wrong("a leak went on");
    } catch (Exception e) {
      ENDED.incrementAndGet();
    }
  }

  private static void forever(int kind) throws Exception {
    switch (kind) {
      case 0 -> new CountDownLatch(1).await();
      case 1 -> new LinkedBlockingQueue<Integer>().take();
      case 2 -> new SynchronousQueue<Integer>().put(1);
      case 3 -> new LinkedTransferQueue<Integer>().transfer(1);
      case 4 -> new Exchanger<Integer>().exchange(1);
      case 5 -> new Semaphore(0).acquire();
      case 6 -> new CompletableFuture<Integer>().get();
      case 7 -> new Phaser(1).awaitAdvanceInterruptibly(0);
      case 8 -> condition();
      case 9 -> Thread.currentThread().join();
      default -> orphanedScope();
    }
  }

  private static void condition() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    lock.lockInterruptibly();
    try {
      lock.newCondition().await();
    } finally {
      lock.unlock();
    }
  }

  private static void orphanedScope() throws InterruptedException {
    try (var scope = StructuredTaskScope.open()) {
      scope.fork(
          () -> {
            Thread.currentThread().setName("any-fork");
            new CountDownLatch(1).await();
            return 1;
          });
      scope.join();
    }
  }

  /// Every collection takes it, so that a proof may come too late.
  private static void unreachable() {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    for (int i = 0; i < 2; i++) {
      executor.execute(
          () -> {
            Thread.currentThread().setName("any-unreachable");
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              Tally.wrong("one that nobody can reach was interrupted");
            }
          });
    }
    Tally.count("unreachable executors");
  }

  /// @param ids of leaked threads in no executor
  static void found(Set<String> names, Set<Long> ids) {
    FOUND.addAll(names);
    for (Thread thread : Lists.root()) {
      if (ids.contains(thread.threadId())
          && !thread.getName().startsWith("leak-kept")
          && WAITING.remove(thread.getName())) {
        INTERRUPTED.incrementAndGet();
        thread.interrupt();
      }
    }
  }

  /// The names of those that have been found, and stay.
  static Set<String> kept() {
    Set<String> kept = new HashSet<>(KEPT_NAMES);
    kept.retainAll(FOUND);
    return kept;
  }

  /// Those that have to be found, and were not.
  static Set<String> missing() {
    Set<String> missing = notFound();
    missing.removeAll(LOADING);
    return missing;
  }

  private static Set<String> notFound() {
    Set<String> notFound = new TreeSet<>(WAITING);
    notFound.removeAll(FOUND);
    return notFound;
  }

  /// Prints all that is known of those that were not found, and counts them.
  private static void tellNotFound() {
    Set<String> notFound = notFound();
    Tally.count("leaks held by the JVM", notFound.size() - missing().size());
    List<Thread> threads = new ArrayList<>(Lists.root());
    threads.addAll(Lists.of(EXECUTOR));
    threads.removeIf(thread -> !notFound.contains(thread.getName()));
    for (Thread thread : threads) {
      System.out.println(
          thread
              + " was not found: planted after "
              + UPTIME_MILLIS.get(thread.getName())
              + " ms, its state is "
              + Lists.state(thread)
              + ", at "
              + List.of(thread.getStackTrace()));
    }
  }

  static int planted() {
    return PLANTED.get() + Math.min(PLANTED.get(), STRANDED);
  }

  /// Lets all end, and insists on it.
  static void end() throws InterruptedException {
    tellNotFound();
    Tally.check(missing().isEmpty(), "leaks were not found: " + missing());
    List<Thread> rest = new ArrayList<>();
    for (Thread thread : Lists.root()) {
      if (thread.getName().startsWith("leak-kept")) {
        rest.add(thread);
      }
    }
    Tally.check(
        rest.size() == Math.min(KEPT, PLANTED.get()),
        "leaked threads are lost, there are " + rest.size());
    rest.forEach(Thread::interrupt);
    EXECUTOR.shutdownNow();
    Tally.check(
        EXECUTOR.awaitTermination(Tally.HANG_SECONDS, java.util.concurrent.TimeUnit.SECONDS),
        "the executor of the stranded hangs");
    for (int i = 0; i < Tally.HANG_SECONDS * 100 && ENDED.get() < planted(); i++) {
      Thread.sleep(10);
    }
    Tally.check(
        ENDED.get() == planted(),
        ENDED + " of " + planted() + " leaks ended, " + INTERRUPTED + " early");
  }
}
