package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmWaitsTest {
  private static final String PARK = "java.util.concurrent.locks.LockSupport.park";
  private static final String AWAIT =
      "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject.await";

  @ParameterizedTest
  @CsvSource({
    "java.util.concurrent.LinkedBlockingQueue.take, QUEUE",
    "java.util.concurrent.LinkedBlockingDeque.takeFirst, QUEUE",
    "java.util.concurrent.ArrayBlockingQueue.put, QUEUE",
    "java.util.concurrent.SynchronousQueue$TransferStack.transfer, QUEUE",
    "java.util.concurrent.LinkedTransferQueue$DualNode.await, QUEUE",
    "java.util.concurrent.DelayQueue.take, QUEUE",
    "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue.take, QUEUE",
    "java.util.concurrent.ForkJoinPool.awaitWork, QUEUE",
    "java.util.concurrent.CountDownLatch.await, LATCH",
    "java.util.concurrent.CyclicBarrier.dowait, LATCH",
    "java.util.concurrent.Phaser.internalAwaitAdvance, LATCH",
    "java.util.concurrent.FutureTask.awaitDone, FUTURE",
    "java.util.concurrent.CompletableFuture$Signaller.block, FUTURE",
    "java.util.concurrent.ForkJoinTask.awaitDone, FUTURE",
    "jdk.internal.misc.ThreadFlock.awaitAll, FUTURE",
    "java.util.concurrent.ThreadPoolExecutor.awaitTermination, FUTURE",
    "java.util.concurrent.Semaphore.acquire, SEMAPHORE",
    "java.util.concurrent.locks.ReentrantLock$Sync.lock, MUTEX",
    "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock.lock, READ_LOCK",
    "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock.lock, WRITE_LOCK",
    "java.util.concurrent.locks.StampedLock.acquireRead, READ_LOCK",
    "sun.nio.ch.Poller.pollIndirect, IO",
    "java.lang.ProcessImpl.waitFor, PROCESS",
    "java.util.concurrent.DelayScheduler.loop, RUNTIME"
  })
  void whoeverParksIsKnownByWhatParksIt(String function, WaitKind kind) {
    CallStack stack = stack("jdk.internal.misc.Unsafe.park", PARK, function, "a.B.m");
    assertThat(JvmWaits.classify(ThreadState.WAITING, stack, "")).isEqualTo(kind);
    CallStack jdk8 = stack("sun.misc.Unsafe.park", PARK, function, "a.B.m");
    assertThat(JvmWaits.classify(ThreadState.TIMED_WAITING, jdk8, "")).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "java.net.SocketInputStream.socketRead0, IO",
    "java.net.PlainSocketImpl.socketAccept, IO",
    "sun.nio.ch.EPollArrayWrapper.epollWait, IO",
    "sun.nio.ch.EPoll.wait, IO",
    "sun.nio.fs.LinuxWatchService.poll, IO",
    "java.io.FileInputStream.readBytes, IO",
    "java.lang.ProcessHandleImpl.waitForProcessExit0, PROCESS",
    "java.lang.ref.Reference.waitForReferencePendingList, RUNTIME",
    "java.lang.Class.forName0, NONE"
  })
  void whoeverRunsNativeCodeMayWaitThere(String function, WaitKind kind) {
    Frame top = new Frame(function, "", Frame.NATIVE);
    CallStack stack = new CallStack(java.util.List.of(top, new Frame("a.B.m", "", 1)));
    assertThat(JvmWaits.classify(ThreadState.RUNNABLE, stack, "")).isEqualTo(kind);
  }

  @Test
  void codeOfTheProgramHidesWhatCalledIt() {
    CallStack own = stack(PARK, "a.B.m", "java.util.concurrent.FutureTask.get");
    assertThat(JvmWaits.classify(ThreadState.WAITING, own, "")).isEqualTo(WaitKind.PARK);
    CallStack task = stack(PARK, AWAIT, "a.B.m", "java.util.concurrent.LinkedBlockingQueue.take");
    assertThat(JvmWaits.classify(ThreadState.WAITING, task, "")).isEqualTo(WaitKind.CONDITION);
  }

  @Test
  void theTaskThatAPoolRunsIsNotAWaitForAFuture() {
    CallStack stack =
        stack(PARK, AWAIT, "java.util.Other.m", "java.util.concurrent.FutureTask.run");
    assertThat(JvmWaits.classify(ThreadState.WAITING, stack, "")).isEqualTo(WaitKind.CONDITION);
  }

  @Test
  void theObjectTellsWhereTheFramesDoNot() {
    CallStack parked = stack("jdk.internal.misc.Unsafe.park", PARK);
    assertThat(
            JvmWaits.classify(
                ThreadState.WAITING, parked, "java.util.concurrent.CountDownLatch$Sync"))
        .isEqualTo(WaitKind.LATCH);
    assertThat(JvmWaits.classify(ThreadState.WAITING, CallStack.EMPTY, "java.lang.Object"))
        .isEqualTo(WaitKind.UNKNOWN);
  }

  @Test
  void aStateIsInferredOnlyWhereTheTopFramesLeaveNoDoubt() {
    assertThat(JvmWaits.infer(stack("jdk.internal.misc.Unsafe.park", PARK, "a.B.m")))
        .isEqualTo(ThreadState.WAITING);
    assertThat(JvmWaits.infer(stack("java.lang.VirtualThread.parkNanos", "a.B.m")))
        .isEqualTo(ThreadState.TIMED_WAITING);
    assertThat(JvmWaits.infer(stack("java.lang.Object.wait0", "java.lang.Object.wait", "a.B.m")))
        .isEqualTo(ThreadState.TIMED_WAITING);
    assertThat(JvmWaits.infer(stack("java.util.concurrent.locks.LockSupport.unpark", "a.B.m")))
        .isEqualTo(ThreadState.UNKNOWN);
    assertThat(JvmWaits.infer(stack("java.net.URI.parse", "a.B.m"))).isEqualTo(ThreadState.UNKNOWN);
    assertThat(JvmWaits.infer(CallStack.EMPTY)).isEqualTo(ThreadState.UNKNOWN);
  }

  @Test
  void whoeverMayBeRunningIsNotSaidToWait() {
    CallStack parsing = stack("java.net.URI.parse", "a.B.m");
    assertThat(JvmWaits.classify(ThreadState.UNKNOWN, parsing, "")).isEqualTo(WaitKind.UNKNOWN);
    assertThat(JvmWaits.classify(ThreadState.RUNNABLE, parsing, "")).isEqualTo(WaitKind.NONE);
  }

  private static CallStack stack(String... functions) {
    return new CallStack(Arrays.stream(functions).map(f -> new Frame(f, "X.java", 1)).toList());
  }
}
