package dev.groundhog.pouch.internal.engine;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// Work that must not stop half done when the client who asked for it leaves, which interrupts the
/// thread that serves it.
final class Undisturbed {
  private static final System.Logger LOG = System.getLogger(Undisturbed.class.getName());

  private Undisturbed() {}

  /// What is to be done.
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /// Does it in a thread of its own, and waits.
  ///
  /// @throws InterruptedException if the caller is interrupted; the work goes on to its end
  static <T> T run(String threadName, Work<T> work) throws IOException, InterruptedException {
    return run(threadName, work, _ -> {});
  }

  /// The same, where somebody must close what the work yields.
  ///
  /// @param unwanted gets it if the caller was interrupted
  static <T> T run(String threadName, Work<T> work, Consumer<T> unwanted)
      throws IOException, InterruptedException {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name(threadName)
        .start(() -> {
          try {
            T result = work.run();
            if (!done.complete(result)) {
              unwanted.accept(result);
            }
          } catch (Throwable e) {
            if (!done.completeExceptionally(e)) {
              LOG.log(System.Logger.Level.WARNING, "for a client that has left: " + threadName, e);
            }
          }
        });
    try {
      return done.get();
    } catch (InterruptedException e) {
      boolean isGoingOn = done.cancel(false);
      if (!isGoingOn && !done.isCompletedExceptionally()) {
        unwanted.accept(done.join()); // it was done at the same moment
      }
      throw e;
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
