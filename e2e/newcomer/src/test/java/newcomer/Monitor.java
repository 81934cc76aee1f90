package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The same with a monitor.
@LeakCheck
class MonitorLeakTest {
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
    Object lock = new Object();
    CountDownLatch locked = new CountDownLatch(1);
    builder.start(
        Task.of(() -> {
          synchronized (lock) {
            locked.countDown();
            Thread.sleep(Duration.ofHours(1));
          }
        }));
    locked.await();
    builder.start(
        Task.of(() -> {
          synchronized (lock) {
            locked.countDown();
          }
        }));
  }
}

@LeakCheck
class MonitorCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    Object lock = new Object();
    CountDownLatch locked = new CountDownLatch(1);
    Thread owner = builder.start(
        Task.of(() -> {
          synchronized (lock) {
            locked.countDown();
            Thread.sleep(Duration.ofHours(1));
          }
        }));
    locked.await();
    Thread waiter = builder.start(
        Task.of(() -> {
          synchronized (lock) {
            locked.countDown();
          }
        }));
    Ended.by(owner, waiter);
  }
}
