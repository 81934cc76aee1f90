import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// The ways in which virtual threads wait. Each starts its threads and answers what would wake them:
/// whoever holds that holds all of them, and nobody else does.
final class Ways {
  private static final String PROVEN = "PROVEN";
  private static final String STRANDED = "STRANDED";

  /// Executors of the program's own, which it never shuts down.
  private static final ExecutorService ONE = Executors.newVirtualThreadPerTaskExecutor();

  private static final ExecutorService TWO =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());

  private Ways() {}

  private interface Way {
    Runnable plant(Planted.Planting planting);
  }

  /// @param verdict where nothing holds what would wake them
  record Kind(String name, String verdict, Way way) {
    /// @return what wakes them
    Runnable plant(String expected, String holder) {
      return way.plant(new Planted.Planting(expected, name, holder));
    }
  }

  /// Those whose threads the JDK lists for as long as they do not end.
  static List<Kind> staying() {
    return List.of(
        new Kind("queue", PROVEN, Ways::queue),
        new Kind("transfer-queue", PROVEN, Ways::transferQueue),
        new Kind("synchronous-queue", PROVEN, Ways::synchronousQueue),
        new Kind("ring-of-queues", PROVEN, Ways::ringOfQueues),
        new Kind("exchanger", PROVEN, Ways::exchanger),
        new Kind("semaphore", PROVEN, Ways::semaphore),
        new Kind("latch", PROVEN, Ways::latch),
        new Kind("phaser", PROVEN, Ways::phaser),
        new Kind("barrier", PROVEN, Ways::barrier),
        new Kind("lock-cycle-of-two", PROVEN, planting -> lockCycle(planting, 2)),
        new Kind("lock-cycle-of-three", PROVEN, planting -> lockCycle(planting, 3)),
        new Kind("condition", PROVEN, Ways::condition),
        new Kind("read-write-lock", PROVEN, Ways::readWriteLock),
        new Kind("stamped-lock", PROVEN, Ways::stampedLock),
        new Kind("future-chain", PROVEN, Ways::futureChain),
        new Kind("completable-future", PROVEN, Ways::completableFuture),
        new Kind("fork-join-task", PROVEN, Ways::forkJoinTask),
        new Kind("join", PROVEN, Ways::join),
        new Kind("park", PROVEN, Ways::park),
        new Kind("scope", PROVEN, Ways::scope),
        new Kind("executor-of-leaked-owner", PROVEN, Ways::executorOfLeakedOwner),
        new Kind("reachable-executor", STRANDED, Ways::reachableExecutor),
        new Kind("reachable-executors-future", STRANDED, Ways::reachableExecutorsFuture));
  }

  /// Those whose threads an ordinary collection takes, with their executor, once they are leaked.
  static List<Kind> vanishing() {
    return List.of(
        new Kind("unreachable-executor", PROVEN, Ways::unreachableExecutor),
        new Kind("unreachable-pool", PROVEN, Ways::unreachablePool));
  }

  private static Runnable queue(Planted.Planting planting) {
    LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    planting.thread(queue::take);
    return () -> queue.add(1);
  }

  private static Runnable transferQueue(Planted.Planting planting) {
    LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();
    planting.thread(() -> queue.transfer(1));
    return queue::poll;
  }

  private static Runnable synchronousQueue(Planted.Planting planting) {
    SynchronousQueue<Integer> queue = new SynchronousQueue<>();
    planting.thread(() -> queue.put(1));
    return queue::poll;
  }

  private static Runnable ringOfQueues(Planted.Planting planting) {
    LinkedBlockingQueue<Integer> one = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<Integer> other = new LinkedBlockingQueue<>();
    planting.thread(() -> other.add(one.take()));
    planting.thread(() -> one.add(other.take()));
    return () -> one.add(1);
  }

  private static Runnable exchanger(Planted.Planting planting) {
    Exchanger<Integer> exchanger = new Exchanger<>();
    planting.thread(() -> exchanger.exchange(1));
    return () -> {
      try {
        exchanger.exchange(2, 10, TimeUnit.SECONDS);
      } catch (InterruptedException | TimeoutException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static Runnable semaphore(Planted.Planting planting) {
    Semaphore semaphore = new Semaphore(0);
    planting.thread(semaphore::acquire);
    return semaphore::release;
  }

  private static Runnable latch(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    planting.thread(latch::await);
    return latch::countDown;
  }

  private static Runnable phaser(Planted.Planting planting) {
    Phaser phaser = new Phaser(2);
    planting.thread(phaser::arriveAndAwaitAdvance);
    return phaser::arrive;
  }

  private static Runnable barrier(Planted.Planting planting) {
    CyclicBarrier barrier = new CyclicBarrier(2);
    planting.thread(barrier::await);
    return barrier::reset;
  }

  /// Each has a lock and waits for that of the next one.
  private static Runnable lockCycle(Planted.Planting planting, int length) {
    CountDownLatch unlocked = new CountDownLatch(length);
    ReentrantLock first = new ReentrantLock();
    ReentrantLock own = first;
    Thread last = Thread.currentThread();
    for (int i = 1; i <= length; i++) {
      ReentrantLock locked = own;
      ReentrantLock next = i == length ? first : new ReentrantLock();
      last = planting.thread(() -> lockBoth(locked, next, unlocked));
      own = next;
    }
    return last::interrupt;
  }

  private static void lockBoth(ReentrantLock own, ReentrantLock next, CountDownLatch unlocked)
      throws InterruptedException {
    own.lock();
    try {
      unlocked.countDown();
      while (unlocked.getCount() > 0) {
        Thread.sleep(1); // it waits for nothing but the lock in the end
      }
      next.lockInterruptibly();
      next.unlock();
    } finally {
      own.unlock();
    }
  }

  private static Runnable condition(Planted.Planting planting) {
    ReentrantLock lock = new ReentrantLock();
    Condition condition = lock.newCondition();
    planting.thread(() -> {
      lock.lock();
      try {
        condition.await();
      } finally {
        lock.unlock();
      }
    });
    return () -> {
      lock.lock();
      condition.signal();
      lock.unlock();
    };
  }

  /// A reader waits for a writer, who waits for nothing.
  private static Runnable readWriteLock(Planted.Planting planting) {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    CountDownLatch latch = new CountDownLatch(1);
    planting.thread(() -> {
      lock.writeLock().lock();
      try {
        latch.await();
      } finally {
        lock.writeLock().unlock();
      }
    });
    planting.thread(() -> {
      while (!lock.isWriteLocked()) {
        Thread.sleep(1);
      }
      lock.readLock().lockInterruptibly();
    });
    return latch::countDown;
  }

  private static Runnable stampedLock(Planted.Planting planting) {
    StampedLock lock = new StampedLock();
    planting.thread(() -> {
      lock.writeLock();
      lock.writeLockInterruptibly();
    });
    return lock::tryUnlockWrite;
  }

  private static Runnable futureChain(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    FutureTask<Integer> first =
        new FutureTask<>(() -> {
          latch.await();
          return 1;
        });
    FutureTask<Integer> second = new FutureTask<>(first::get);
    planting.thread(first::run);
    planting.thread(second::run);
    planting.thread(second::get);
    return latch::countDown;
  }

  private static Runnable completableFuture(Planted.Planting planting) {
    CompletableFuture<Integer> future = new CompletableFuture<>();
    CompletableFuture<Integer> next = future.thenApply(value -> value + 1);
    planting.thread(next::join);
    return () -> future.complete(1);
  }

  private static Runnable forkJoinTask(Planted.Planting planting) {
    RecursiveTask<Integer> task = new Unforked();
    planting.thread(task::join);
    return () -> task.complete(1);
  }

  private static final class Unforked extends RecursiveTask<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    protected Integer compute() {
      return 1;
    }
  }

  private static Runnable join(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    Thread joined = planting.thread(latch::await);
    planting.thread(joined::join);
    return latch::countDown;
  }

  private static Runnable park(Planted.Planting planting) {
    AtomicBoolean isWoken = new AtomicBoolean();
    Thread thread =
        planting.thread(() -> {
          while (!isWoken.get()) {
            LockSupport.park();
          }
        });
    return () -> {
      isWoken.set(true);
      LockSupport.unpark(thread);
    };
  }

  /// The owner waits for two subtasks, of which one waits for what the other would do.
  private static Runnable scope(Planted.Planting planting) {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    Planted.Body owner =
        () -> {
          try (var scope = StructuredTaskScope.open()) {
            scope.fork(() ->
                planting.here(() -> {
                  first.await();
                  second.countDown();
                }));
            scope.fork(() -> planting.here(second::await));
            scope.join();
          }
        };
    planting.others(3, () -> planting.thread(owner));
    return first::countDown;
  }

  /// The owner holds the executor, and waits for the same as the thread in it.
  private static Runnable executorOfLeakedOwner(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    Planted.Body owner =
        () -> {
          try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor.execute(() -> planting.here(latch::await));
            latch.await(); // since closing waits with a deadline
          }
        };
    planting.others(2, () -> planting.thread(owner));
    return latch::countDown;
  }

  private static Runnable reachableExecutor(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    planting.others(1, () -> TWO.execute(() -> planting.here(latch::await)));
    return latch::countDown;
  }

  /// One waits for the future of the other.
  private static Runnable reachableExecutorsFuture(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    planting.others(2, () -> {
      Future<?> future = ONE.submit(() -> planting.here(latch::await));
      ONE.execute(() -> planting.here(future::get));
    });
    return latch::countDown;
  }

  private static Runnable unreachableExecutor(Planted.Planting planting) {
    CountDownLatch latch = new CountDownLatch(1);
    planting.others(
        1,
        () -> Executors.newVirtualThreadPerTaskExecutor().execute(() -> planting.here(latch::await)));
    return latch::countDown;
  }

  /// Its one worker waits for more to do.
  private static Runnable unreachablePool(Planted.Planting planting) {
    ExecutorService pool =
        Executors.newFixedThreadPool(1, task -> planting.unstarted(task::run));
    planting.others(1, () -> pool.execute(() -> {}));
    return pool::shutdown;
  }
}
