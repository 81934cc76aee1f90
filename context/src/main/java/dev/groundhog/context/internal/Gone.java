package dev.groundhog.context.internal;

/// Tells that a peer has gone, on a thread that has others to serve.
final class Gone {
  private Gone() {}

  /// What is thrown goes to the thread's handler, and no further.
  static void tell(Runnable gone) {
    try {
      gone.run();
    } catch (RuntimeException | Error e) {
      Thread watcher = Thread.currentThread();
      watcher.getUncaughtExceptionHandler().uncaughtException(watcher, e);
    }
  }
}
