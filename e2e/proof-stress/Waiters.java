import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Threads in no executor that wait for each other, or for whoever holds them.
final class Waiters {
  private static final int MANY = 10;

  private Waiters() {}

  static void once(Random random) throws InterruptedException {
    switch (random.nextInt(5)) {
      case 0 -> permits(random);
      case 1 -> interrupts(random);
      case 2 -> exchange(random);
      case 3 -> handOver(random);
      default -> condition(random);
    }
    Tally.count("waits");
  }

  private static Thread start(Runnable body) {
    return Thread.ofVirtual().name("live-waiter").start(body);
  }

  private static void join(Thread thread, String what) throws InterruptedException {
    Tally.check(thread.join(Duration.ofSeconds(Tally.HANG_SECONDS)), what + " hangs");
  }

  private static void permits(Random random) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<AtomicBoolean> flags = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      AtomicBoolean flag = new AtomicBoolean();
      flags.add(flag);
      threads.add(
          start(
              () -> {
                while (!flag.get()) {
                  LockSupport.park();
                }
              }));
    }
    for (int i = 0; i < MANY; i++) {
      Thread.sleep(random.nextInt(3));
      flags.get(i).set(true);
      LockSupport.unpark(threads.get(i));
    }
    for (Thread thread : threads) {
      join(thread, "park");
    }
  }

  private static void interrupts(Random random) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger interrupted = new AtomicInteger();
    for (int i = 0; i < MANY; i++) {
      threads.add(
          start(
              () -> {
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.incrementAndGet();
                }
              }));
    }
    Thread joining =
        start(
            () -> {
              try {
                for (Thread thread : threads) {
                  thread.join();
                }
              } catch (InterruptedException e) {
                Tally.wrong("whoever joins was interrupted");
              }
            });
    for (Thread thread : threads) {
      Thread.sleep(random.nextInt(4));
      thread.interrupt();
    }
    join(joining, "an interrupted thread");
    Tally.check(interrupted.get() == MANY, "interrupts are lost");
  }

  private static void exchange(Random random) throws InterruptedException {
    Exchanger<Integer> exchanger = new Exchanger<>();
    Runnable exchanges =
        () -> {
          try {
            exchanger.exchange(1);
          } catch (InterruptedException e) {
            Tally.wrong("an exchange was interrupted");
          }
        };
    Thread first = start(exchanges);
    Thread.sleep(random.nextInt(20));
    join(start(exchanges), "an exchange");
    join(first, "the first exchange");
  }

  private static void handOver(Random random) throws InterruptedException {
    SynchronousQueue<Integer> queue = new SynchronousQueue<>();
    Thread puts =
        start(
            () -> {
              try {
                for (int i = 0; i < MANY; i++) {
                  queue.put(i);
                }
              } catch (InterruptedException e) {
                Tally.wrong("a put was interrupted");
              }
            });
    for (int i = 0; i < MANY; i++) {
      Thread.sleep(random.nextInt(4));
      Tally.check(queue.take() == i, "an element is lost");
    }
    join(puts, "put");
  }

  private static void condition(Random random) throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    Condition condition = lock.newCondition();
    AtomicBoolean flag = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      threads.add(
          start(
              () -> {
                lock.lock();
                try {
                  while (!flag.get()) {
                    condition.awaitUninterruptibly();
                  }
                } finally {
                  lock.unlock();
                }
              }));
    }
    Thread.sleep(random.nextInt(20));
    lock.lock();
    try {
      flag.set(true);
      condition.signalAll();
      Thread.sleep(random.nextInt(20));
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      join(thread, "a condition");
    }
  }
}
