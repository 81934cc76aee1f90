package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/// Its task never ends. The executor is held, so that the collector leaves its thread alone.
@LeakCheck
class VirtualExecutorLeakTest {
  private static ExecutorService held;

  @Test
  void virtual() {
    held = Executors.newThreadPerTaskExecutor(Names.virtuals());
    held.submit(Task.of(() -> new LinkedBlockingQueue<>().take()));
  }
}

@LeakCheck
class VirtualExecutorCleanTest {
  @Test
  void virtual() {
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(Names.virtuals())) {
      executor.submit(Task.of(() -> new LinkedBlockingQueue<>().take()));
      executor.shutdownNow();
    }
  }
}
