package dev.groundhog.junit;

import java.util.ArrayDeque;
import java.util.Deque;

/// What the classes under test leave open, so that the tests can close it.
final class Left {
  /// Ends something.
  interface End {
    void run() throws Exception;
  }

  private static final Deque<End> ENDS = new ArrayDeque<>();

  private Left() {}

  static synchronized void open(End end) {
    ENDS.push(end);
  }

  static Thread virtual(Runnable task) {
    Thread thread = Thread.startVirtualThread(task);
    open(thread::interrupt);
    return thread;
  }

  static synchronized void close() throws Exception {
    while (!ENDS.isEmpty()) {
      ENDS.pop().run();
    }
  }
}
