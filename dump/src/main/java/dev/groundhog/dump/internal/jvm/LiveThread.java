package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.Births;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockFacts;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.Marks;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.concurrent.locks.LockSupport;

/// A thread of this JVM as a row of the model.
public final class LiveThread {
  private LiveThread() {}

  /// @param state what the thread was in when it had `stack`
  public static DumpThread of(
      Thread thread,
      Thread.State state,
      CallStack stack,
      String container,
      LockFacts locks,
      Marks.Marked marked,
      Births.Birth birth,
      KnownWaits waits) {
    ThreadKind kind = thread.isVirtual() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
    ThreadState known = JvmFacts.state(state.name());
    Object blocker =
        known == ThreadState.WAITING || known == ThreadState.TIMED_WAITING
            ? LockSupport.getBlocker(thread)
            : null;
    String type = blocker == null ? "" : blocker.getClass().getName();
    boolean runsNoJava =
        stack.frames().isEmpty() && known == ThreadState.RUNNABLE && kind == ThreadKind.PLATFORM;
    DumpThread.Builder row =
        DumpThread.of(kind, stack)
            .id(thread.threadId())
            .name(thread.getName())
            .state(known)
            .waits(runsNoJava ? WaitKind.RUNTIME : waits.classify(known, stack, type), "")
            .labels(marked.labels())
            .threadClass(thread.getClass().getName())
            .threadGroup(threadGroup(thread))
            .group(container)
            .birth(birth.record())
            .createdBy(birth.createdBy());
    birth.creatorId().ifPresent(row::creatorId);
    birth.age().ifPresent(row::age);
    marked.clientGone().ifPresent(row::clientGone);
    if (blocker != null) {
      row.blockedOn(new LockRef(type, Integer.toHexString(System.identityHashCode(blocker))));
      locks.ownerOf(blocker).ifPresent(row::blockedOnOwner);
    } else if (known == ThreadState.BLOCKED) {
      locks
          .entering(thread)
          .ifPresent(monitor -> {
            row.blockedOn(monitor.object());
            monitor.owner().ifPresent(row::blockedOnOwner);
          });
    }
    return row.build();
  }

  /// A thread that has ended has none, and that of virtual threads says nothing.
  private static String threadGroup(Thread thread) {
    ThreadGroup group = thread.isVirtual() ? null : thread.getThreadGroup();
    return group == null ? "" : group.getName();
  }
}
