package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One holds a lock and sleeps, another one waits for it: two threads.
@LeakCheck
class LockLeakTest {
  @Test
  @Tag("two")
  void platform() throws Exception {
    leak(Names.platform());
  }

  @Test
  @Tag("two")
  void virtual() throws Exception {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch locked = new CountDownLatch(1);
    builder.start(
        Task.of(() -> {
          lock.lock();
          try {
            locked.countDown();
            Thread.sleep(Duration.ofHours(1));
          } finally {
            lock.unlock();
          }
        }));
    locked.await();
    builder.start(Task.of(() -> lock.lockInterruptibly()));
  }
}

@LeakCheck
class LockCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch locked = new CountDownLatch(1);
    Thread owner = builder.start(
        Task.of(() -> {
          lock.lock();
          try {
            locked.countDown();
            Thread.sleep(Duration.ofHours(1));
          } finally {
            lock.unlock();
          }
        }));
    locked.await();
    Thread waiter = builder.start(Task.of(() -> lock.lockInterruptibly()));
    Ended.by(owner, waiter);
  }
}
