package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// It waits for a future that nobody completes.
@LeakCheck
class FutureLeakTest {
  @Test
  void platform() {
    leak(Names.platform());
  }

  @Test
  void virtual() {
    leak(Names.virtual());
  }

  private static void leak(Thread.Builder builder) {
    CompletableFuture<String> future = new CompletableFuture<>();
    builder.start(Task.of(() -> future.get()));
  }
}

@LeakCheck
class FutureCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  private static void end(Thread.Builder builder) throws Exception {
    CompletableFuture<String> future = new CompletableFuture<>();
    Thread thread = builder.start(Task.of(() -> future.get()));
    Ended.by(thread);
  }
}
