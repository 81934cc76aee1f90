package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Its task comes again and again.
@LeakCheck
class RepeatedLeakTest {
  @Test
  void platform() throws Exception {
    leak(Names.platforms());
  }

  @Test
  void virtual() throws Exception {
    leak(Names.virtuals());
  }

  private static void leak(ThreadFactory factory) throws Exception {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(1, factory);
    pool.scheduleAtFixedRate(() -> {}, 0, 10, TimeUnit.MILLISECONDS);
  }
}

@LeakCheck
class RepeatedCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platforms());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtuals());
  }

  private static void end(ThreadFactory factory) throws Exception {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(1, factory);
    pool.scheduleAtFixedRate(() -> {}, 0, 10, TimeUnit.MILLISECONDS);
    pool.shutdownNow();
  }
}
