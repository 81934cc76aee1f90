package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import org.junit.jupiter.api.Test;

/// Its worker is idle, and nobody shuts the pool down.
@LeakCheck
class ForkJoinLeakTest {
  @Test
  void platform() throws Exception {
    ForkJoinPool pool = new ForkJoinPool(1, ForkJoin::worker, null, false);
    pool.submit(() -> {}).get();
  }
}

@LeakCheck
class ForkJoinCleanTest {
  @Test
  void platform() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(1, ForkJoin::worker, null, false)) {
      pool.submit(() -> {}).get();
    }
  }
}

final class ForkJoin {
  private ForkJoin() {}

  static ForkJoinWorkerThread worker(ForkJoinPool pool) {
    ForkJoinWorkerThread worker =
        ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
    worker.setName(Names.next());
    return worker;
  }
}
