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
          new Sign("java.lang.ref.Reference$ReferenceHandler.", WaitKind.RUNTIME),
          new Sign("java.lang.ref.Finalizer", WaitKind.RUNTIME),
          new Sign("jdk.internal.ref.CleanerImpl.", WaitKind.RUNTIME),
          new Sign("sun.java2d.Disposer.", WaitKind.RUNTIME),
          new Sign("java.util.concurrent.DelayScheduler.", WaitKind.RUNTIME),
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
          new Sign("java.util.concurrent.CompletableFuture$Signaller.", WaitKind.FUTURE),
          new Sign("java.util.concurrent.CompletableFuture.waitingGet", WaitKind.FUTURE),
          new Sign("java.util.concurrent.CompletableFuture.timedGet", WaitKind.FUTURE),
          new Sign("java.util.concurrent.CompletableFuture.get", WaitKind.FUTURE),
          new Sign("java.util.concurrent.CompletableFuture.join", WaitKind.FUTURE),
          new Sign("java.util.concurrent.FutureTask.awaitDone", WaitKind.FUTURE),
          new Sign("java.util.concurrent.FutureTask.get", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.await", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.externalAwait", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.get", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.join", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.invoke", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinTask.quietly", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ThreadPoolExecutor.awaitTermination", WaitKind.FUTURE),
          new Sign("java.util.concurrent.ForkJoinPool.awaitTermination", WaitKind.FUTURE),
          new Sign("jdk.internal.misc.ThreadFlock.awaitAll", WaitKind.FUTURE),
          new Sign("java.util.concurrent.SynchronousQueue", WaitKind.QUEUE),
          new Sign("java.util.concurrent.LinkedTransferQueue", WaitKind.QUEUE),
          new Sign("java.util.concurrent.LinkedBlocking", WaitKind.QUEUE),
          new Sign("java.util.concurrent.ArrayBlockingQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.PriorityBlockingQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.DelayQueue.", WaitKind.QUEUE),
          new Sign(
              "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.ForkJoinPool.awaitWork", WaitKind.QUEUE),
          new Sign("java.util.concurrent.ForkJoinPool.runWorker", WaitKind.QUEUE),
          new Sign("java.util.TimerThread.mainLoop", WaitKind.QUEUE),
          new Sign(
              "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock.", WaitKind.READ_LOCK),
          new Sign(
              "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock.", WaitKind.WRITE_LOCK),
          new Sign("java.util.concurrent.locks.StampedLock.acquireRead", WaitKind.READ_LOCK),
          new Sign("java.util.concurrent.locks.StampedLock.acquireWrite", WaitKind.WRITE_LOCK),
          new Sign("java.util.concurrent.locks.ReentrantLock", WaitKind.MUTEX),
          new Sign("sun.nio.ch.", WaitKind.IO),
          new Sign("sun.nio.fs.", WaitKind.IO),
          new Sign("java.net.", WaitKind.IO),
          new Sign("java.io.", WaitKind.IO),
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
          new Sign("java.lang.ref.ReferenceQueue.", WaitKind.QUEUE),
          new Sign("java.util.concurrent.locks.LockSupport.park", WaitKind.PARK),
          new Sign("java.lang.VirtualThread.park", WaitKind.PARK),
          new Sign("sun.misc.Unsafe.park", WaitKind.PARK),
          new Sign("jdk.internal.misc.Unsafe.park", WaitKind.PARK));

  /// Types of what is waited for, where the frames do not say enough.
  private static final List<Sign> LOCKS =
      List.of(
          new Sign("java.util.concurrent.CountDownLatch$", WaitKind.LATCH),
          new Sign("java.util.concurrent.Phaser$", WaitKind.LATCH),
          new Sign("java.util.concurrent.Semaphore$", WaitKind.SEMAPHORE),
          new Sign("java.util.concurrent.CompletableFuture$", WaitKind.FUTURE),
          new Sign("java.util.concurrent.FutureTask", WaitKind.FUTURE),
          new Sign("java.util.concurrent.SynchronousQueue$", WaitKind.QUEUE),
          new Sign("java.util.concurrent.LinkedTransferQueue$", WaitKind.QUEUE),
          new Sign("java.util.concurrent.locks.ReentrantLock$", WaitKind.MUTEX),
          new Sign("java.util.concurrent.locks.ReentrantReadWriteLock$", WaitKind.WRITE_LOCK),
          new Sign("java.util.concurrent.locks.Abstract", WaitKind.CONDITION));

  private JvmWaits() {}

  /// The kind of wait of a thread in `state` at `stack`, for an object of type `lock` (empty if the
  /// dump does not tell); `NONE` where it runs.
  static WaitKind classify(ThreadState state, CallStack stack, String lock) {
    return switch (state) {
      case BLOCKED -> WaitKind.MUTEX;
      case NEW, TERMINATED -> WaitKind.NONE;
      case RUNNABLE, RUNNING, SYSCALL -> byNativeTop(stack).orElse(WaitKind.NONE);
      case WAITING, TIMED_WAITING -> waiting(stack, lock);
      case UNKNOWN -> byNativeTop(stack).orElse(WaitKind.UNKNOWN);
    };
  }

  private static WaitKind waiting(CallStack stack, String lock) {
    WaitKind byFrames = byFrames(stack).orElse(WaitKind.UNKNOWN);
    return switch (byFrames) {
      case PARK, CONDITION, UNKNOWN -> match(LOCKS, lock).orElse(byFrames);
      default -> byFrames;
    };
  }

  /// The state where a dump has none (JDK 21 to 24), if the frames leave no doubt. Whoever wants a
  /// monitor can't be told from whoever runs.
  static ThreadState infer(CallStack stack) {
    for (Frame frame : stack.frames()) {
      String function = frame.function();
      if (function.startsWith("java.lang.Object.wait")) {
        return objectWait(stack);
      }
      if (function.startsWith("java.util.concurrent.locks.LockSupport.parkNanos")
          || function.startsWith("java.util.concurrent.locks.LockSupport.parkUntil")
          || function.startsWith("java.lang.VirtualThread.parkNanos")
          || function.startsWith("java.lang.Thread.sleep")) {
        return ThreadState.TIMED_WAITING;
      }
      if (function.startsWith("java.util.concurrent.locks.LockSupport.park")) {
        return ThreadState.WAITING;
      }
      if (!standsAbovePark(function)) {
        return ThreadState.UNKNOWN;
      }
    }
    return ThreadState.UNKNOWN;
  }

  private static boolean standsAbovePark(String function) {
    return function.startsWith("java.lang.VirtualThread.park")
        || function.startsWith("java.lang.VirtualThread.yieldContinuation")
        || function.startsWith("java.lang.System$")
        || function.startsWith("jdk.internal.misc.VirtualThreads.park")
        || function.startsWith("jdk.internal.misc.Unsafe.park")
        || function.startsWith("jdk.internal.vm.Continuation.");
  }

  /// `wait()` calls `wait(long)`, which calls `wait0`; so does `join()` with `join(long)`. A single
  /// `wait(long)` below other code has a deadline.
  private static ThreadState objectWait(CallStack stack) {
    int waits = count(stack, "java.lang.Object.wait");
    int joins = count(stack, "java.lang.Thread.join");
    return waits > 1 || joins > 1 ? ThreadState.WAITING : ThreadState.TIMED_WAITING;
  }

  private static int count(CallStack stack, String function) {
    return (int) stack.frames().stream().filter(f -> f.function().equals(function)).count();
  }

  private static Optional<WaitKind> byFrames(CallStack stack) {
    Optional<WaitKind> generic = Optional.empty();
    for (Frame frame : stack.frames()) {
      Optional<WaitKind> telling = match(SIGNS, frame.function());
      if (telling.isPresent()) {
        return telling;
      }
      Optional<WaitKind> plain = match(GENERIC, frame.function());
      if (plain.isPresent() && (generic.isEmpty() || plain.get() != WaitKind.PARK)) {
        generic = plain;
      }
      if (!isLibrary(frame.function())) {
        return generic;
      }
    }
    return generic;
  }

  private static boolean isLibrary(String function) {
    return function.startsWith("java.")
        || function.startsWith("jdk.")
        || function.startsWith("sun.")
        || function.startsWith("com.sun.");
  }

  /// What a thread that counts as running waits for inside native code.
  private static Optional<WaitKind> byNativeTop(CallStack stack) {
    if (stack.frames().isEmpty() || stack.frames().getFirst().line() != Frame.NATIVE) {
      return Optional.empty();
    }
    return match(SIGNS, stack.frames().getFirst().function())
        .filter(k -> k == WaitKind.IO || k == WaitKind.PROCESS || k == WaitKind.RUNTIME);
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
