package dev.groundhog.endpoint;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A thread that works for whoever asks, not for the program, and inherits nothing of it. Who
/// records starts knows it by its class, and leaves it out.
public final class OwnThread extends Thread {
  private OwnThread(String name, Runnable task) {
    super(null, task, name, 0, false);
  }

  /// A daemon without a context class loader, which is not started yet. It lets go of its task once
  /// that has begun: the JVM knows a thread for a moment still that was joined, and a proof would
  /// find no leak among the threads which the task had.
  ///
  /// @param name `groundhog-…`
  public static OwnThread daemon(String name, Runnable task) {
    AtomicReference<@Nullable Runnable> left = new AtomicReference<>(task);
    OwnThread thread =
        new OwnThread(name, () -> Objects.requireNonNull(left.getAndSet(null)).run());
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }
}
