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
/// loops, acceptors, the main thread. Everything is matched by what the thread does and by the pool
/// that it is in, never by its name: names can be had by anybody. A thread that has a task's frame
/// above its pool's loop is never expected. The main thread's name alone expects nobody either, it
/// only narrows its rule.
///
/// A rule that guesses from the shape of a stack holds only for few threads: a leak has a shape
/// too.
///
/// The limits: what a handler leaves behind on the main thread of a server without a pool is taken
/// for the main thread at rest, and so is a single leaked thread that does nothing but accept, or
/// take from a queue. `designs/expected.md` has the reasons.
public final class ExpectedRules {
  private record Rule(String name, Predicate<StackGroup> matches) {}

  /// More event loops or acceptors at one stack than these belong to no program that wrote its own.
  private static final int MAX_OWN_LOOPS = 32;

  /// A JVM has at most some dozen threads of its own, most of them compilers, that have a Java
  /// thread's id and no stack.
  private static final int MAX_STACKLESS = 64;

  private static final List<Rule> RULES =
      List.of(
          new Rule("a thread of the JVM itself, without a Java stack", ExpectedRules::isStackless),
          new Rule("a thread of Groundhog's agent", ExpectedRules::isAgent),
          new Rule("Go's own goroutine", ExpectedRules::isGoRuntime),
          new Rule("the main thread", ExpectedRules::isMain),
          new Rule("it keeps its server running", ExpectedRules::isKeeper),
          new Rule("a single thread that waits for its queue", ExpectedRules::isOwnConsumer));

  /// What a leaked handler could look like too.
  private static final List<Rule> GUESSES =
      List.of(
          new Rule(RestingPlaces.EVENT_LOOP, ExpectedRules::isOwnEventLoop),
          new Rule(RestingPlaces.ACCEPTOR, ExpectedRules::isOwnAcceptor));

  /// Where a server's own thread waits for its end, so that the program does not end before.
  private static final Set<String> KEEPS = Set.of("org.apache.catalina.core.StandardServer.await");

  /// The `run` methods of threads that exist for nothing else.
  private static final Set<String> KEEPERS =
      Set.of(
          "org.springframework.boot.reactor.netty.NettyWebServer$1.run",
          "org.springframework.boot.web.embedded.netty.NettyWebServer$1.run");

  private static final Set<String> SELECTS =
      Set.of("sun.nio.ch.SelectorImpl.lockAndDoSelect", "sun.nio.ch.EPoll.wait");

  private static final Set<String> ACCEPTS =
      Set.of(
          "java.net.ServerSocket.accept",
          "java.net.ServerSocket.implAccept",
          "sun.nio.ch.ServerSocketChannelImpl.accept",
          "net.(*TCPListener).Accept",
          "net.(*UnixListener).Accept");

  /// What the agent's own threads begin with.
  private static final List<String> AGENT =
      List.of(
          "dev.groundhog.agent.internal.Listener.",
          "dev.groundhog.agent.Bootstrap.run",
          "dev.groundhog.endpoint.Watch.run",
          "dev.groundhog.endpoint.internal.Sampling$Helper.run");

  /// Prefixes of functions that run tasks which others handed in.
  private static final List<String> RUN_TASKS =
      List.of(
          "java.util.concurrent.ThreadPoolExecutor.runWorker",
          "java.util.concurrent.ForkJoinPool.runWorker",
          "java.util.TimerThread.mainLoop",
          "sun.net.httpserver.ServerImpl$",
          "org.apache.tomcat.util.threads.ThreadPoolExecutor.runWorker",
          "org.eclipse.jetty.util.thread.QueuedThreadPool.runJob",
          "io.netty.util.concurrent.SingleThreadEventExecutor",
          "net/http.(*conn).serve");

  private ExpectedRules() {}

  /// The name of the rule that expects the threads of `group`, if one does.
  public static Optional<String> ruleFor(StackGroup group) {
    return certainRuleFor(group).or(() -> first(GUESSES, group));
  }

  /// The same without the rules that growth or a large number refutes.
  static Optional<String> certainRuleFor(StackGroup group) {
    return RestingPlaces.ruleFor(group.sample())
        .filter(rule -> !rule.equals(RestingPlaces.DUMPER) || mayWriteThisDump(group))
        .or(() -> first(RULES, group));
  }

  private static Optional<String> first(List<Rule> rules, StackGroup group) {
    return rules.stream().filter(r -> r.matches.test(group)).map(Rule::name).findFirst();
  }

  /// One thread writes a dump, and it is at work while it is in the dump. Who hands a writer of the
  /// program to the runtime's function and waits there does not write this one.
  private static boolean mayWriteThisDump(StackGroup group) {
    DumpThread thread = group.sample();
    return group.count() == 1
        && thread.waiting().isEmpty()
        && RestingPlaces.above(thread).stream().allMatch(f -> Origin.isRuntime(f, thread.kind()));
  }

  /// Threads of the JVM itself have no id in a dump of `jstack`; its other formats show only those
  /// that are Java threads too, which are ready to run or of no known state. A thread that waits
  /// does so in a function: if it has none, its stack was lost.
  private static boolean isStackless(StackGroup group) {
    DumpThread thread = group.sample();
    boolean isReady =
        switch (thread.state()) {
          case RUNNABLE, UNKNOWN -> group.count() <= MAX_STACKLESS;
          case NEW, RUNNING, BLOCKED, WAITING, TIMED_WAITING, SYSCALL, TERMINATED -> false;
        };
    return thread.kind() == ThreadKind.PLATFORM
        && group.stack().frames().isEmpty()
        && (thread.id().isEmpty() || isReady);
  }

  private static boolean isAgent(StackGroup group) {
    return isAgent(group.sample());
  }

  /// Whether `thread` is one of the agent's own. A program that mounts the endpoint answers on
  /// threads of its own, which begin elsewhere.
  public static boolean isAgent(DumpThread thread) {
    return Origin.root(thread.stack())
        .filter(root -> AGENT.stream().anyMatch(root.function()::startsWith))
        .isPresent();
  }

  private static boolean isGoRuntime(StackGroup group) {
    return group.sample().kind() == ThreadKind.GOROUTINE
        && group.sample().waitKind() == WaitKind.RUNTIME
        && ownFrames(group) == 0;
  }

  /// A program lives as long as its `main` waits, for example for the end of its server. Whoever
  /// waits for a lock that another holds does not rest. Every other thread of a JVM begins in a
  /// method `run`, but for those that native code started and those whose outermost frames are
  /// lost; so it must also bear the name that the JVM gives it. Its id differs between versions.
  private static boolean isMain(StackGroup group) {
    CallStack stack = group.stack();
    if (group.count() != 1 || stack.frames().isEmpty() || waitsForLock(group.sample())) {
      return false;
    }
    String root = stack.frames().getLast().function();
    return switch (group.sample().kind()) {
      case GOROUTINE -> root.equals("main.main") || root.equals("runtime.main");
      case PLATFORM ->
          root.endsWith(".main")
              && group.sample().name().equals("main")
              && isOfItsOwn(group.sample());
      case VIRTUAL -> false;
    };
  }

  private static boolean waitsForLock(DumpThread thread) {
    return switch (thread.waitKind()) {
      case MUTEX, READ_LOCK, WRITE_LOCK -> true;
      default -> false;
    };
  }

  private static boolean isKeeper(StackGroup group) {
    List<Frame> frames = group.stack().frames();
    return (isOfItsOwn(group.sample()) && waitsIn(group, KEEPS))
        || (!frames.isEmpty() && KEEPERS.contains(frames.getLast().function()));
  }

  /// The program's own event loop: a platform thread that was started to select. It is alone, or
  /// selecting is all that its `run` method does.
  private static boolean isOwnEventLoop(StackGroup group) {
    return group.sample().kind() == ThreadKind.PLATFORM
        && isOfItsOwn(group.sample())
        && waitsIn(group, SELECTS)
        && isAloneOrShallow(group);
  }

  /// The program's own acceptor: it is alone, or accepting is all that its `run` method does.
  private static boolean isOwnAcceptor(StackGroup group) {
    return isOfItsOwn(group.sample()) && waitsIn(group, ACCEPTS) && isAloneOrShallow(group);
  }

  private static boolean isAloneOrShallow(StackGroup group) {
    return group.count() == 1 || (group.count() <= MAX_OWN_LOOPS && ownFrames(group) == 1);
  }

  /// One platform thread whose `run` method itself takes from a queue, as those of asynchronous
  /// loggers do: that it waits long says nothing. Of two, one could be the other's leak.
  private static boolean isOwnConsumer(StackGroup group) {
    return group.sample().kind() == ThreadKind.PLATFORM
        && group.count() == 1
        && group.sample().waitKind() == WaitKind.QUEUE
        && isOfItsOwn(group.sample())
        && ownFrames(group) == 1;
  }

  /// The wait itself happens in one of `functions`: nothing of the program stands above it.
  private static boolean waitsIn(StackGroup group, Set<String> functions) {
    for (Frame frame : group.stack().frames()) {
      if (functions.contains(frame.function())) {
        return true;
      }
      if (!RestingPlaces.isWaiting(frame, group.sample().kind())) {
        return false;
      }
    }
    return false;
  }

  /// Started for this alone: not a pool's worker that runs a task, nor a thread of an executor or
  /// of a structured scope, which the dump names as its container.
  private static boolean isOfItsOwn(DumpThread thread) {
    return (thread.group().isEmpty() || thread.group().equals("<root>"))
        && thread.stack().frames().stream()
            .noneMatch(f -> RUN_TASKS.stream().anyMatch(f.function()::startsWith));
  }

  private static long ownFrames(StackGroup group) {
    ThreadKind kind = group.sample().kind();
    return group.stack().frames().stream().filter(f -> !Origin.isRuntime(f, kind)).count();
  }
}
