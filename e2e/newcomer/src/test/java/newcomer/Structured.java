package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A subtask never ends, and so its owner waits for it: two threads.
@LeakCheck
class StructuredLeakTest {
  @Test
  @Tag("two")
  void platform() throws Exception {
    leak(Names.platform());
  }

  @Test
  @Tag("two")
  void virtual() throws Exception {
    leak(Names.virtual());
  }

  /// Ends when both are there.
  private static void leak(Thread.Builder builder) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    builder.start(
        Task.of(() -> {
          try (var scope =
              StructuredTaskScope.open(
                  Joiner.awaitAll(), with -> with.withThreadFactory(Names.virtuals()))) {
            scope.fork(
                Task.of(() -> {
                  begun.countDown();
                  new LinkedBlockingQueue<>().take();
                }));
            scope.join();
          }
        }));
    begun.await();
  }
}

@LeakCheck
class StructuredCleanTest {
  @Test
  void platform() throws Exception {
    end(Names.platform());
  }

  @Test
  void virtual() throws Exception {
    end(Names.virtual());
  }

  /// The owner is interrupted, and closes its scope.
  private static void end(Thread.Builder builder) throws Exception {
    Thread owner =
        builder.start(
            Task.of(() -> {
              try (var scope =
                  StructuredTaskScope.open(
                      Joiner.awaitAll(), with -> with.withThreadFactory(Names.virtuals()))) {
                scope.fork(Task.of(() -> new LinkedBlockingQueue<>().take()));
                scope.join();
              }
            }));
    Ended.by(owner);
  }
}
