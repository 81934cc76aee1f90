package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// It waits for a latch that nobody counts down.
@LeakCheck
class LatchLeakTest {
  @Test
  void platform() {
    leak(Names.platform());
  }

  @Test
  void virtual() {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) {
    CountDownLatch latch = new CountDownLatch(1);
    builder.start(Task.of(() -> latch.await()));
  }
}

@LeakCheck
class LatchCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Thread thread = builder.start(Task.of(() -> latch.await()));
    Ended.by(thread);
  }
}
