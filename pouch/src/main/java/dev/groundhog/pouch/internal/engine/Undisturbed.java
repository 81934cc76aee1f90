package dev.groundhog.pouch.internal.engine;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that must not stop half done when the client who asked for it leaves, which interrupts the
/// thread that serves it.
final class Undisturbed {
  private Undisturbed() {}

  /// Does it in a thread of its own, and waits.
  ///
  /// @throws InterruptedException if the caller is interrupted; the work goes on to its end
  static <T> T run(String threadName, Callable<T> work) throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().name(threadName).start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
