package dev.groundhog.endpoint;

/// A thread that works for whoever asks, not for the program, and inherits nothing of it. Who
/// records starts knows it by its class, and leaves it out.
public final class OwnThread extends Thread {
  private OwnThread(String name, Runnable task) {
    super(null, task, name, 0, false);
  }

  /// A daemon without a context class loader, which is not started yet.
  ///
  /// @param name `groundhog-…`
  public static OwnThread daemon(String name, Runnable task) {
    OwnThread thread = new OwnThread(name, task);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }
}
