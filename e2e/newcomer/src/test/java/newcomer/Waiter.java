package newcomer;

import dev.groundhog.junit.LeakCheck;
import org.junit.jupiter.api.Test;

/// It waits for a process, which ends with this JVM, since it reads from it.
@LeakCheck
class WaiterLeakTest {
  @Test
  void platform() throws Exception {
    leak(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) throws Exception {
    Process process = new ProcessBuilder("cat").start();
    builder.start(Task.of(() -> process.waitFor()));
  }
}

@LeakCheck
class WaiterCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    Process process = new ProcessBuilder("cat").start();
    Thread thread = builder.start(Task.of(() -> process.waitFor()));
    process.destroy();
    thread.join();
  }
}
