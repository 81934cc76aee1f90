package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// It sleeps for longer than anybody needs it.
@LeakCheck
class SleepLeakTest {
  @Test
  void platform() {
    leak(Names.platform());
  }

  @Test
  void virtual() {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) {
    builder.start(Task.of(() -> Thread.sleep(Duration.ofHours(1))));
  }
}

@LeakCheck
class SleepCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    Thread thread = builder.start(Task.of(() -> Thread.sleep(Duration.ofHours(1))));
    Ended.by(thread);
  }
}
