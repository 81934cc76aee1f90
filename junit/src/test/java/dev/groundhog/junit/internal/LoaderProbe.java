package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.Starter.Kind;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.platform.engine.UniqueId;

/// A checked test that has started one thread, in whatever loader this is.
public final class LoaderProbe implements Callable<String> {
  private final Starter starter;
  private final Thread thread;

  public LoaderProbe() {
    TestNode node =
        new TestNode("test", LoaderProbe.class, UniqueId.forEngine("engine").append("m", "test"));
    starter = Starters.ALL.begin(Kind.TEST, node, begun -> begun);
    try (Tagging _ = Tagging.of(starter)) {
      thread = Thread.startVirtualThread(LockSupport::park);
    }
    Starters.ALL.stop(starter);
  }

  /// Ends the thread.
  ///
  /// @return which threads are its own, among them surely that one
  @Override
  public String call() {
    try {
      long[] ids = Tagging.left(List.of(starter)).getOrDefault(starter.tag(), new long[0]);
      return ids.length == 1 && ids[0] == thread.threadId()
          ? "its own"
          : ids.length + " threads of tag " + starter.tag();
    } finally {
      LockSupport.unpark(thread);
    }
  }
}
