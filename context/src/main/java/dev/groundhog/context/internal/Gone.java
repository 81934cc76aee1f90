package dev.groundhog.context.internal;

/// Tells that a peer has gone, on a thread that has others to serve.
final class Gone {
  private Gone() {}

  /// What is thrown goes to the thread's handler, and no further; nor does what that throws.
  @SuppressWarnings("CatchingUnchecked") // whatever it is, others wait to be told
  static void tell(Runnable gone) {
    try {
      gone.run();
    } catch (Throwable e) {
      Thread watcher = Thread.currentThread();
      try {
        watcher.getUncaughtExceptionHandler().uncaughtException(watcher, e);
      } catch (Throwable _) {
        // nobody is left to be told
      }
    }
  }
}
