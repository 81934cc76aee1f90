import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// The tests of locks and of what threads meet at.
final class Locked {
  private static final int THREADS = 6;
  private static final int EACH = 200;
  private static final int PERMITS = 2;

  private Locked() {}

  static void add(Map<String, Suite.Test> tests) {
    tests.put("lock", _ -> exclusive(new ReentrantLock()));
    tests.put("fair lock", _ -> exclusive(new ReentrantLock(true)));
    tests.put("write lock", _ -> exclusive(new ReentrantReadWriteLock().writeLock()));
    tests.put("stamped write lock", _ -> exclusive(new StampedLock().asWriteLock()));
    tests.put("read and write", _ -> readAndWritten());
    tests.put("stamps", _ -> stamped());
    tests.put("monitor", _ -> monitor());
    tests.put("semaphore", _ -> semaphore());
    tests.put("phaser", _ -> phaser());
    tests.put("barrier", _ -> barrier());
    tests.put("exchanger", _ -> exchanged());
    tests.put("condition", _ -> condition());
    tests.put("interrupts", _ -> interrupted());
  }

  private static long exclusive(Lock lock) throws Exception {
    long[] count = new long[1];
    Suite.join(
        Suite.start(
            THREADS,
            _ -> {
              for (int i = 0; i < EACH; i++) {
                lock.lockInterruptibly();
                try {
                  count[0]++;
                } finally {
                  lock.unlock();
                }
              }
            }));
    return count[0];
  }

  /// Whoever reads sees both or none of what is written together.
  private static long readAndWritten() throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    long[] two = new long[2];
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH; i++) {
                Lock own = number < 2 ? lock.writeLock() : lock.readLock();
                own.lock();
                try {
                  Suite.check(two[0] == two[1], "a reader sees half");
                  if (number < 2) {
                    two[0]++;
                    two[1]++;
                  }
                } finally {
                  own.unlock();
                }
              }
            }));
    return two[0] + two[1];
  }

  private static long stamped() throws Exception {
    StampedLock lock = new StampedLock();
    long[] two = new long[2];
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH; i++) {
                long stamp = number < 2 ? lock.writeLock() : lock.readLock();
                try {
                  Suite.check(two[0] == two[1], "a reader sees half");
                  if (number < 2) {
                    two[0]++;
                    two[1]++;
                  }
                } finally {
                  lock.unlock(stamp);
                }
              }
            }));
    return two[0] + two[1];
  }

  /// Each waits for its turn.
  private static long monitor() throws Exception {
    Object monitor = new Object();
    int[] turn = new int[1];
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH / 10; i++) {
                synchronized (monitor) {
                  while (turn[0] % THREADS != number) {
                    monitor.wait();
                  }
                  turn[0]++;
                  monitor.notifyAll();
                }
              }
            }));
    return turn[0];
  }

  private static long semaphore() throws Exception {
    Semaphore semaphore = new Semaphore(PERMITS);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger all = new AtomicInteger();
    Suite.join(
        Suite.start(
            THREADS,
            _ -> {
              for (int i = 0; i < EACH; i++) {
                semaphore.acquire();
                Suite.check(inside.incrementAndGet() <= PERMITS, "too many are in");
                all.incrementAndGet();
                inside.decrementAndGet();
                semaphore.release();
              }
            }));
    Suite.check(semaphore.availablePermits() == PERMITS, "a permit is lost");
    return all.get();
  }

  /// Nobody is ahead of the others by a phase.
  private static long phaser() throws Exception {
    Phaser phaser = new Phaser(THREADS);
    AtomicLong arrived = new AtomicLong();
    Suite.join(
        Suite.start(
            THREADS,
            _ -> {
              for (int i = 1; i <= EACH / 10; i++) {
                arrived.incrementAndGet();
                phaser.arriveAndAwaitAdvance();
                Suite.check(arrived.get() >= (long) i * THREADS, "a phase is early");
              }
            }));
    return arrived.get() + phaser.getPhase();
  }

  private static long barrier() throws Exception {
    AtomicInteger trips = new AtomicInteger();
    CyclicBarrier barrier = new CyclicBarrier(THREADS, trips::incrementAndGet);
    Suite.join(
        Suite.start(
            THREADS,
            _ -> {
              for (int i = 1; i <= EACH / 10; i++) {
                await(barrier);
                Suite.check(trips.get() >= i, "a barrier is early");
              }
            }));
    return trips.get();
  }

  private static void await(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await();
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long exchanged() throws Exception {
    Exchanger<Integer> exchanger = new Exchanger<>();
    AtomicLong sum = new AtomicLong();
    Suite.join(
        Suite.start(
            2,
            number -> {
              for (int i = 0; i < EACH / 2; i++) {
                int other = exchanger.exchange(2 * i + number);
                Suite.check(other == 2 * i + 1 - number, "another one was exchanged");
                sum.addAndGet(other);
              }
            }));
    return sum.get();
  }

  /// A buffer with two conditions.
  private static long condition() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Condition notEmpty = lock.newCondition();
    Condition notFull = lock.newCondition();
    ArrayDeque<Integer> buffer = new ArrayDeque<>();
    AtomicLong sum = new AtomicLong();
    Suite.join(
        Suite.start(
            4,
            number -> {
              for (int i = 0; i < EACH; i++) {
                lock.lock();
                try {
                  if (number < 2) {
                    while (buffer.size() == PERMITS) {
                      notFull.await();
                    }
                    buffer.add(number * EACH + i);
                    notEmpty.signal();
                  } else {
                    while (buffer.isEmpty()) {
                      notEmpty.await();
                    }
                    sum.addAndGet(buffer.remove());
                    notFull.signal();
                  }
                } finally {
                  lock.unlock();
                }
              }
            }));
    return sum.get();
  }

  /// Each is interrupted once, wherever it is then, and finds that once.
  private static long interrupted() throws Exception {
    AtomicInteger told = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(THREADS);
    List<Thread> threads =
        Suite.start(
            THREADS,
            _ -> {
              begun.countDown();
              try {
                new Semaphore(0).acquire();
              } catch (InterruptedException e) {
                told.incrementAndGet();
              }
              Suite.check(!Thread.currentThread().isInterrupted(), "an interrupt comes twice");
            });
    begun.await();
    threads.forEach(Thread::interrupt);
    Suite.join(threads);
    return told.get();
  }
}
