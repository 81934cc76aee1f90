package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Nobody holds the executor, so that the collector takes its thread: it is in no list any more.
@LeakCheck
@Tag("agent")
class AbandonedLeakTest {
  @Test
  void virtual() {
    Executors.newThreadPerTaskExecutor(Names.virtuals())
        .submit(Task.of(() -> new LinkedBlockingQueue<>().take()));
    System.gc();
  }
}

@LeakCheck
@Tag("agent")
class AbandonedCleanTest {
  @Test
  void virtual() {
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(Names.virtuals())) {
      executor.submit(Task.of(() -> new LinkedBlockingQueue<>().poll()));
    }
    System.gc();
  }
}
