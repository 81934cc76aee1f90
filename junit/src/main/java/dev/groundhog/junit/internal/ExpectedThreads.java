package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.leak.ExpectedRules;
import dev.groundhog.leak.Origin;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Who never counts as left behind by a test: what the JVM, the runner of the tests and a few
/// libraries start once for all, and nobody can end. Known by class, thread group and what they
/// were started for, never by the name alone, which anybody can give.
///
/// Idle workers of somebody's pool, timers, selector managers of HTTP clients and event loops are
/// not among them: in a test they are what was not closed.
final class ExpectedThreads {
  private record Rule(String reason, Predicate<DumpThread> matches) {}

  private static final String THREAD = "java.lang.Thread";
  private static final String INNOCUOUS = "jdk.internal.misc.InnocuousThread";

  /// In which JUnit runs a class or a test.
  private static final String NODE_TASK =
      "org.junit.platform.engine.support.hierarchical.NodeTestTask.execute";

  private static final List<Rule> RULES =
      List.of(
          new Rule("Groundhog's agent", ExpectedRules::isAgent),
          new Rule(
              "the JVM's own, without a Java stack",
              isClass(THREAD).and(isGroup("system")).and(ExpectedThreads::isStackless)),
          new Rule(
              "waits for the end of the JVM while others run",
              isClass(THREAD)
                  .and(isGroup("main"))
                  .and(ExpectedThreads::isStackless)
                  .and(thread -> thread.name().equals("DestroyJavaVM"))),
          new Rule(
              "the main thread of the runner",
              isClass(THREAD)
                  .and(isGroup("main"))
                  .and(thread -> thread.name().equals("main"))
                  .and(thread -> root(thread).endsWith(".main"))),
          new Rule(
              "the JDK handles references",
              isClass(
                  "java.lang.ref.Reference$ReferenceHandler",
                  "java.lang.ref.Finalizer$FinalizerThread")),
          new Rule(
              "the JDK's own, one for all: cleaners, pollers, unblockers, the reaper of processes",
              isClass(INNOCUOUS)
                  .and(
                      startedFor(
                          "jdk.internal.ref.CleanerImpl.",
                          "sun.nio.ch.Poller.",
                          "sun.nio.ch.Poller$",
                          "java.lang.VirtualThread.unblock",
                          "sun.nio.ch.EPollPort$EventHandlerTask.",
                          "sun.net.www.http.KeepAliveCache.",
                          "java.util.concurrent.ThreadPoolExecutor$Worker."))),
          new Rule(
              "polls for virtual threads",
              thread ->
                  thread.kind() == ThreadKind.VIRTUAL
                      && isIn("sun.nio.ch.Poller.subPollerLoop", "sun.nio.ch.Poller.pollerLoop")
                          .test(thread)),
          new Rule("carries virtual threads", isClass("jdk.internal.misc.CarrierThread")),
          new Rule(
              "wakes virtual threads, or those of the common pool, in time",
              isClass("java.util.concurrent.DelayScheduler")
                  .and(
                      isGroup("CarrierThreads")
                          .or(thread -> thread.name().startsWith("ForkJoinPool.commonPool-")))),
          new Rule(
              "a worker of the common pool that runs no task",
              isClass("java.util.concurrent.ForkJoinWorkerThread$InnocuousForkJoinWorkerThread")
                  .and(isIn("java.util.concurrent.ForkJoinTask.doExec").negate())),
          new Rule(
              "the JDK's flight recorder",
              startedFor("jdk.jfr.internal.")
                  .and(startedFor("jdk.jfr.internal.consumer.").negate())),
          new Rule(
              "serves who watches this JVM from outside",
              startedFor("sun.rmi.transport.tcp.TCPTransport", "com.sun.jmx.remote.internal.")),
          new Rule(
              "the JDK's graphics or its access to tokens, one for all",
              startedFor("sun.java2d.Disposer.", "sun.awt.", "sun.security.pkcs11.")),
          new Rule(
              "JUnit's own worker",
              startsWith(DumpThread::threadClass, "org.junit.platform.engine.support.hierarchical.")
                  // A test that blocks in a ForkJoinPool makes JUnit start a worker for it, which
                  // runs other tests.
                  .and(isIn(NODE_TASK).or(ExpectedThreads::runsNoTest))),
          new Rule(
              "the runner of the tests",
              startedFor(
                  "org.apache.maven.surefire.",
                  "org.gradle.",
                  "worker.org.gradle.",
                  "com.intellij.rt.",
                  "org.jacoco.agent.rt.")),
          new Rule(
              "started by the runner of the tests for itself",
              startedBy(
                      "org.junit.jupiter.engine.",
                      "org.junit.platform.",
                      "org.apache.maven.surefire.",
                      "org.gradle.",
                      "worker.org.gradle.",
                      "com.intellij.rt.")
                  .and(ExpectedThreads::runsNoTest)),
          new Rule(
              "JUnit's watch over timeouts, whose creator is not known",
              isIdleWorker()
                  .and(isOfUnknown("junit-jupiter-timeout-watcher"))
                  .and(isLive(thread -> thread.getPriority() == Thread.MAX_PRIORITY))),
          new Rule(
              "Surefire's, from before the run, whose creator is not known",
              isIdleWorker()
                  .and(isOfUnknown("surefire-forkedjvm-stream-flusher"))
                  .and(isLive(Thread::isDaemon))
                  .and(thread -> RunStart.mayBeAfter(thread.id().orElse(0)))),
          new Rule(
              "Netty's executor for all, which ends by itself",
              isIn("io.netty.util.concurrent.GlobalEventExecutor.takeTask")
                  .or(
                      isIn(
                          "io.netty.util.ThreadDeathWatcher$Watcher.run",
                          "io.netty.util.internal.ObjectCleaner$1.run"))),
          new Rule(
              "OkHttp's runner for all, idle",
              isIn("okhttp3.internal.concurrent.TaskRunner.awaitTaskToRun")
                  .or(isIdleWorker().and(startedBy("okhttp3.internal.concurrent.TaskRunner$")))
                  .or(isClass("okio.AsyncTimeout$Watchdog"))),
          new Rule(
              "OkHttp's runner for all, idle, whose creator is not known",
              isIdleWorker()
                  .and(isOfUnknown("OkHttp TaskRunner"))
                  .and(isLive(Thread::isDaemon))
                  .and(_ -> isOnClassPath("okhttp3.internal.concurrent.TaskRunner"))),
          new Rule(
              "Testcontainers' own, for all tests",
              startedFor("org.testcontainers.").and(isGroup("testcontainers"))),
          new Rule(
              "a driver's cleaner for all connections",
              startedFor(
                  "org.postgresql.util.LazyCleaner",
                  "com.mysql.cj.jdbc.AbandonedConnectionCleanupThread.",
                  "com.sun.jna.internal.Cleaner$CleanerThread.")));

  private ExpectedThreads() {}

  /// Why `thread` is expected, if it is.
  static Optional<String> reason(DumpThread thread) {
    return RULES.stream().filter(rule -> rule.matches.test(thread)).map(Rule::reason).findFirst();
  }

  private static Predicate<DumpThread> isClass(String... names) {
    return thread -> List.of(names).contains(thread.threadClass());
  }

  private static Predicate<DumpThread> isGroup(String name) {
    return thread -> thread.threadGroup().equals(name);
  }

  private static Predicate<DumpThread> startsWith(
      java.util.function.Function<DumpThread, String> fact, String prefix) {
    return thread -> fact.apply(thread).startsWith(prefix);
  }

  private static Predicate<DumpThread> startedFor(String... prefixes) {
    return thread -> Arrays.stream(prefixes).anyMatch(root(thread)::startsWith);
  }

  /// The innermost function at the creation site that is not the JDK's.
  private static Predicate<DumpThread> startedBy(String... prefixes) {
    return thread ->
        Origin.culprit(thread.createdBy(), thread.kind())
            .filter(frame -> Arrays.stream(prefixes).anyMatch(frame.function()::startsWith))
            .isPresent();
  }

  private static Predicate<DumpThread> isIn(String... functions) {
    List<String> any = List.of(functions);
    return thread -> thread.stack().frames().stream().map(Frame::function).anyMatch(any::contains);
  }

  private static Predicate<DumpThread> isIdleWorker() {
    return isClass(THREAD).and(isIn("java.util.concurrent.ThreadPoolExecutor.getTask"));
  }

  /// One with this very name, where nobody knows who started it: a name says little, so that
  /// something else has to fit too.
  private static Predicate<DumpThread> isOfUnknown(String name) {
    return thread -> thread.name().equals(name) && thread.createdBy().frames().isEmpty();
  }

  /// What only the thread itself tells. Asks for all of them: to be tried last.
  private static Predicate<DumpThread> isLive(Predicate<Thread> wanted) {
    return thread -> {
      Thread live = PlatformLook.threads().get(thread.id().orElse(0));
      return live != null && wanted.test(live);
    };
  }

  private static boolean isOnClassPath(String type) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      Class.forName(type, false, context == null ? ClassLoader.getSystemClassLoader() : context);
      return true;
    } catch (ClassNotFoundException | LinkageError _) {
      return false;
    }
  }

  /// Everything on its stack is the JDK's or JUnit's engine's.
  private static boolean runsNoTest(DumpThread thread) {
    return thread.stack().frames().stream()
        .filter(frame -> !Origin.isRuntime(frame, thread.kind()))
        .allMatch(frame ->
            frame.function().startsWith("org.junit.platform.")
                || frame.function().startsWith("org.junit.jupiter.engine."));
  }

  private static boolean isStackless(DumpThread thread) {
    return thread.kind() == ThreadKind.PLATFORM && thread.stack().frames().isEmpty();
  }

  private static String root(DumpThread thread) {
    return Origin.root(thread.stack()).map(Frame::function).orElse("");
  }
}
