package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/// Its worker is idle, and nobody shuts the pool down. It is held: else the collector may take a
/// virtual worker with it, which only the agent sees.
@LeakCheck
class FixedPoolLeakTest {
  private static final Queue<ExecutorService> HELD = new ConcurrentLinkedQueue<>();

  @Test
  void platform() throws Exception {
    leak(Names.platforms());
  }

  @Test
  void virtual() throws Exception {
    leak(Names.virtuals());
  }

  private static void leak(ThreadFactory factory) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1, factory);
    HELD.add(pool);
    pool.submit(() -> {}).get();
  }
}

@LeakCheck
class FixedPoolCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platforms());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtuals());
  }

  private static void end(ThreadFactory factory) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1, factory);
    pool.submit(() -> {}).get();
    pool.shutdownNow();
  }
}
