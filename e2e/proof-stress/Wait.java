import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Something that a thread waits for without a deadline.
///
/// @param handle by which whoever has it could end the wait
/// @param await waits
record Wait(Object handle, Await await) {
  private static final int KINDS = 9;

  /// Waits.
  @FunctionalInterface
  interface Await {
    void once() throws Exception;
  }

  static Wait random(Random random) {
    return switch (random.nextInt(KINDS)) {
      case 0 -> {
        CountDownLatch latch = new CountDownLatch(1);
        yield new Wait(latch, latch::await);
      }
      case 1 -> {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        yield new Wait(queue, queue::take);
      }
      case 2 -> {
        SynchronousQueue<Integer> queue = new SynchronousQueue<>();
        yield new Wait(queue, () -> queue.put(1));
      }
      case 3 -> {
        Semaphore semaphore = new Semaphore(0);
        yield new Wait(semaphore, semaphore::acquire);
      }
      case 4 -> {
        Exchanger<Integer> exchanger = new Exchanger<>();
        yield new Wait(exchanger, () -> exchanger.exchange(1));
      }
      case 5 -> {
        Phaser phaser = new Phaser(1);
        yield new Wait(phaser, () -> phaser.awaitAdvanceInterruptibly(0));
      }
      case 6 -> {
        FutureTask<Integer> task = new FutureTask<>(() -> 1);
        yield new Wait(task, task::get);
      }
      case 7 -> futures(1 + random.nextInt(3));
      default -> condition();
    };
  }

  /// Whoever completes the first one completes the one that is waited for.
  private static Wait futures(int length) {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> last = first;
    for (int i = 0; i < length; i++) {
      last = last.thenApply(number -> number + 1);
    }
    return new Wait(first, last::get);
  }

  private static Wait condition() {
    ReentrantLock lock = new ReentrantLock();
    Condition condition = lock.newCondition();
    return new Wait(
        condition,
        () -> {
          lock.lockInterruptibly();
          try {
            condition.await();
          } finally {
            lock.unlock();
          }
        });
  }
}
