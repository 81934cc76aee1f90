package dev.groundhog.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Threads that wait until they are closed.
final class Parked implements AutoCloseable {
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /// @param virtual how many virtual threads are started directly
  /// @param inExecutor how many are started in an executor
  /// @param platform how many platform threads
  static Parked start(int virtual, int inExecutor, int platform) throws InterruptedException {
    Parked parked = new Parked();
    CountDownLatch begun = new CountDownLatch(virtual + inExecutor + platform);
    Runnable wait =
        () -> {
          begun.countDown();
          parked.park();
        };
    for (int i = 0; i < virtual; i++) {
      parked.threads.add(Thread.ofVirtual().name("parked-" + i).start(wait));
    }
    for (int i = 0; i < platform; i++) {
      parked.threads.add(Thread.ofPlatform().daemon().name("parked-p-" + i).start(wait));
    }
    for (int i = 0; i < inExecutor; i++) {
      parked.executor.execute(wait);
    }
    begun.await();
    for (Thread thread : parked.threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    return parked;
  }

  private void park() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end.countDown();
    executor.close();
    for (Thread thread : threads) {
      joined(thread);
    }
  }

  /// Whoever has been closed is in no later dump.
  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
