package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// It waits for a task that nobody runs.
@LeakCheck
class FutureTaskLeakTest {
  @Test
  void platform() {
    leak(Names.platform());
  }

  @Test
  void virtual() {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) {
    FutureTask<String> task = new FutureTask<>(() -> "never");
    builder.start(Task.of(() -> task.get()));
  }
}

@LeakCheck
class FutureTaskCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    FutureTask<String> task = new FutureTask<>(() -> "never");
    Thread thread = builder.start(Task.of(() -> task.get()));
    Ended.by(thread);
  }
}
