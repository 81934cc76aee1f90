package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/// It takes from a queue that nobody fills.
@LeakCheck
class QueueLeakTest {
  @Test
  void platform() {
    leak(Names.platform());
  }

  @Test
  void virtual() {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) {
    LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    builder.start(Task.of(() -> queue.take()));
  }
}

@LeakCheck
class QueueCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    Thread thread = builder.start(Task.of(() -> queue.take()));
    Ended.by(thread);
  }
}
