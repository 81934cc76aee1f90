package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.WaitKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The built-in list of threads that belong there: the runtime's own, idle workers of pools, event
/// loops. Everything is matched by what the thread does, never by its name alone: names can be had
/// by anybody.
public final class ExpectedRules {
  private record Rule(String name, Predicate<DumpThread> matches) {}

  private static final Set<String> JDK_ROOTS =
      Set.of(
          "java.lang.ref.Reference$ReferenceHandler.run",
          "java.lang.ref.Finalizer$FinalizerThread.run",
          "jdk.internal.ref.CleanerImpl.run",
          "java.lang.ProcessHandleImpl$1.run",
          "java.lang.VirtualThread.unblockVirtualThreads",
          "sun.nio.ch.Poller.pollerLoop",
          "sun.nio.ch.Poller.subPollerLoop");

  private static final List<String> POOL_IDLE =
      List.of(
          "java.util.concurrent.ThreadPoolExecutor.getTask",
          "java.util.concurrent.ForkJoinPool.awaitWork",
          "java.util.concurrent.DelayScheduler.loop",
          "java.util.TimerThread.mainLoop",
          "org.apache.tomcat.util.threads.ThreadPoolExecutor.getTask",
          "org.eclipse.jetty.util.thread.QueuedThreadPool.idleJobPoll",
          "org.eclipse.jetty.util.thread.QueuedThreadPool$Runner.idleJobPoll",
          "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.reservedWait",
          "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.run",
          "io.netty.util.concurrent.SingleThreadEventExecutor.takeTask",
          "io.netty.util.concurrent.GlobalEventExecutor.takeTask");

  private static final List<String> SELECTS =
      List.of(
          "sun.nio.ch.EPoll.wait",
          "sun.nio.ch.SelectorImpl.lockAndDoSelect",
          "sun.nio.ch.KQueue.poll",
          "io.netty.channel.epoll.Native.epollWait");

  private static final List<String> ACCEPTS =
      List.of(
          "sun.nio.ch.Net.accept",
          "sun.nio.ch.ServerSocketChannelImpl.accept",
          "java.net.ServerSocket.implAccept",
          "net.(*netFD).accept");

  private static final List<Rule> RULES =
      List.of(
          new Rule("the JDK's own thread", ExpectedRules::isJdkThread),
          new Rule("a thread of the JVM itself, without a Java stack", ExpectedRules::isStackless),
          new Rule("a carrier of a virtual thread, which is listed itself", ExpectedRules::carries),
          new Rule("Go's own goroutine", ExpectedRules::isGoRuntime),
          new Rule("an idle worker of its pool", t -> innermostOwn(t, POOL_IDLE)),
          new Rule("an event loop that waits for input", t -> innermostOwn(t, SELECTS)),
          new Rule("an acceptor that waits for connections", t -> innermostOwn(t, ACCEPTS)),
          new Rule("the main thread", ExpectedRules::isMainThread));

  private ExpectedRules() {}

  /// The name of the rule that expects `thread`, if one does.
  public static Optional<String> ruleFor(DumpThread thread) {
    return RULES.stream().filter(r -> r.matches.test(thread)).map(Rule::name).findFirst();
  }

  private static boolean isJdkThread(DumpThread thread) {
    return thread.kind() != ThreadKind.GOROUTINE
        && onlyRuntime(thread)
        && thread.stack().frames().stream().anyMatch(f -> JDK_ROOTS.contains(f.function()));
  }

  private static boolean carries(DumpThread thread) {
    List<Frame> frames = thread.stack().frames();
    return thread.kind() == ThreadKind.PLATFORM
        && !frames.isEmpty()
        && frames.getFirst().function().equals("jdk.internal.vm.Continuation.run");
  }

  private static boolean isStackless(DumpThread thread) {
    return thread.kind() == ThreadKind.PLATFORM && thread.stack().frames().isEmpty();
  }

  private static boolean isGoRuntime(DumpThread thread) {
    return thread.kind() == ThreadKind.GOROUTINE
        && thread.waitKind() == WaitKind.RUNTIME
        && onlyRuntime(thread);
  }

  private static boolean onlyRuntime(DumpThread thread) {
    return thread.stack().frames().stream().allMatch(f -> Origin.isRuntime(f, thread.kind()));
  }

  /// The waiting itself happens in one of `functions`: no code of the program stands above it.
  private static boolean innermostOwn(DumpThread thread, List<String> functions) {
    for (Frame frame : thread.stack().frames()) {
      if (functions.contains(frame.function())) {
        return true;
      }
      boolean passes =
          Origin.isRuntime(frame, thread.kind()) || POOL_QUEUES.contains(owner(frame.function()));
      if (!passes) {
        return false;
      }
    }
    return false;
  }

  /// Queues of pools that stand between the wait and the pool's own loop.
  private static final Set<String> POOL_QUEUES =
      Set.of(
          "org.apache.tomcat.util.threads.TaskQueue",
          "org.apache.tomcat.util.threads.ThreadPoolExecutor",
          "org.eclipse.jetty.util.BlockingArrayQueue",
          "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread");

  private static String owner(String function) {
    int dot = function.lastIndexOf('.');
    return dot < 0 ? "" : function.substring(0, dot);
  }

  private static boolean isMainThread(DumpThread thread) {
    CallStack stack = thread.stack();
    if (stack.frames().isEmpty() || thread.id().isEmpty() || thread.id().getAsLong() != 1) {
      return false;
    }
    String root = stack.frames().getLast().function();
    return thread.kind() == ThreadKind.GOROUTINE
        ? root.equals("main.main")
        : thread.kind() == ThreadKind.PLATFORM && thread.name().equals("main");
  }
}
