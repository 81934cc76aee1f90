package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.List;
import java.util.Optional;

/// What a thread of a JVM waits for, by the innermost functions of its stack, the same for every
/// version of the JDK. The first function that says something decides, so the order of the stack
/// does.
final class JvmWaits {
  private record Sign(String prefix, WaitKind kind) {}

  /// Prefixes of functions; the more telling ones of one class first.
  private static final List<Sign> SIGNS =
      List.of(
          new Sign("java.lang.ref.Reference.waitForReferencePendingList", WaitKind.RUNTIME),
          new Sign("java.lang.ref.ReferenceQueue.remove", WaitKind.RUNTIME),
          new Sign("java.lang.ref.Reference$ReferenceHandler.", WaitKind.RUNTIME),
          new Sign("java.lang.VirtualThread.takeVirtualThreadListToUnblock", WaitKind.RUNTIME),
          new Sign("sun.nio.ch.Poller.", WaitKind.IO),
          new Sign("java.lang.Thread.sleep", WaitKind.SLEEP),
          new Sign("java.lang.VirtualThread.sleepNanos", WaitKind.SLEEP),
          new Sign("java.lang.Thread.join", WaitKind.FUTURE),
          new Sign("java.lang.ProcessImpl.waitFor", WaitKind.PROCESS),
          new Sign("java.lang.Process.waitFor", WaitKind.PROCESS),
          new Sign("java.lang.ProcessHandleImpl.waitForProcessExit", WaitKind.PROCESS),
          new Sign("java.util.concurrent.CountDownLatch.", WaitKind.LATCH),
          new Sign("java.util.concurrent.CyclicBarrier.", WaitKind.LATCH),
          new Sign("java.util.concurrent.Phaser.", WaitKind.LATCH),
          new Sign("java.util.concurrent.Exchanger.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.Semaphore.", WaitKind.SEMAPHORE),
          new Sign("java.util.concurrent.CompletableFuture", WaitKind.FUTURE),
          new Sign("java.util.concurrent.FutureTask.", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.", WaitKind.FUTURE),
          new Sign("java.util.concurrent.SynchronousQueue", WaitKind.QUEUE),
          new Sign("java.util.concurrent.LinkedTransferQueue", WaitKind.QUEUE),
          new Sign("java.util.concurrent.LinkedBlocking", WaitKind.QUEUE),
          new Sign("java.util.concurrent.ArrayBlockingQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.PriorityBlockingQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.DelayQueue.", WaitKind.QUEUE),
          new Sign(
              "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.ForkJoinPool.awaitWork", WaitKind.QUEUE),
          new Sign(
              "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock.", WaitKind.READ_LOCK),
          new Sign(
              "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock.", WaitKind.WRITE_LOCK),
          new Sign("java.util.concurrent.locks.StampedLock.acquireRead", WaitKind.READ_LOCK),
          new Sign("java.util.concurrent.locks.StampedLock.acquireWrite", WaitKind.WRITE_LOCK),
          new Sign("java.util.concurrent.locks.ReentrantLock", WaitKind.MUTEX),
          new Sign("sun.nio.ch.", WaitKind.IO),
          new Sign("java.net.", WaitKind.IO),
          new Sign("java.io.FileInputStream.", WaitKind.IO),
          new Sign("jdk.internal.net.", WaitKind.IO));

  /// What waits by itself, and says more only through its callers.
  private static final List<Sign> GENERIC =
      List.of(
          new Sign(
              "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject.",
              WaitKind.CONDITION),
          new Sign(
              "java.util.concurrent.locks.AbstractQueuedLongSynchronizer$ConditionObject.",
              WaitKind.CONDITION),
          new Sign("java.lang.Object.wait", WaitKind.CONDITION),
          new Sign("java.util.concurrent.locks.LockSupport.park", WaitKind.PARK),
          new Sign("java.lang.VirtualThread.park", WaitKind.PARK),
          new Sign("jdk.internal.misc.Unsafe.park", WaitKind.PARK));

  private JvmWaits() {}

  /// The kind of wait of a thread in `state` at `stack`; `NONE` where it runs.
  static WaitKind classify(ThreadState state, CallStack stack) {
    return switch (state) {
      case BLOCKED -> WaitKind.MUTEX;
      case NEW, TERMINATED -> WaitKind.NONE;
      case RUNNABLE, RUNNING, SYSCALL -> ioAtTop(stack) ? WaitKind.IO : WaitKind.NONE;
      case WAITING, TIMED_WAITING -> byFrames(stack).orElse(WaitKind.UNKNOWN);
      case UNKNOWN -> byFrames(stack).orElse(WaitKind.UNKNOWN);
    };
  }

  /// The state where a dump has none (JDK 21 to 24), if the frames leave no doubt.
  static ThreadState infer(CallStack stack) {
    if (stack.frames().isEmpty()) {
      return ThreadState.UNKNOWN;
    }
    for (Frame frame : stack.frames()) {
      String function = frame.function();
      if (function.startsWith("java.util.concurrent.locks.LockSupport.parkNanos")
          || function.startsWith("java.util.concurrent.locks.LockSupport.parkUntil")
          || function.startsWith("java.lang.VirtualThread.parkNanos")
          || function.startsWith("java.lang.Thread.sleep")) {
        return ThreadState.TIMED_WAITING;
      }
      if (function.startsWith("java.util.concurrent.locks.LockSupport.park")) {
        return ThreadState.WAITING;
      }
      boolean belowPark =
          function.startsWith("java.lang.VirtualThread.")
              || function.startsWith("java.lang.System$")
              || function.startsWith("jdk.internal.")
              || function.startsWith("java.lang.Thread.");
      if (!belowPark) {
        return ThreadState.UNKNOWN;
      }
    }
    return ThreadState.UNKNOWN;
  }

  private static Optional<WaitKind> byFrames(CallStack stack) {
    Optional<WaitKind> generic = Optional.empty();
    for (Frame frame : stack.frames()) {
      Optional<WaitKind> telling = match(SIGNS, frame.function());
      if (telling.isPresent()) {
        return telling;
      }
      Optional<WaitKind> plain = match(GENERIC, frame.function());
      if (plain.isPresent() && generic.filter(k -> k != WaitKind.PARK).isEmpty()) {
        generic = plain;
      }
      boolean isLibrary =
          frame.function().startsWith("java.") || frame.function().startsWith("jdk.");
      if (!isLibrary) {
        return generic;
      }
    }
    return generic;
  }

  private static boolean ioAtTop(CallStack stack) {
    return !stack.frames().isEmpty()
        && stack.frames().getFirst().line() == Frame.NATIVE
        && match(SIGNS, stack.frames().getFirst().function()).equals(Optional.of(WaitKind.IO));
  }

  private static Optional<WaitKind> match(List<Sign> signs, String function) {
    for (Sign sign : signs) {
      if (function.startsWith(sign.prefix)) {
        return Optional.of(sign.kind);
      }
    }
    return Optional.empty();
  }
}
