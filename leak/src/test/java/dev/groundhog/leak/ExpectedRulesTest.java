package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The dumps beside this test are of the programs in `e2e/servers`, at rest after load, on platform
/// and on virtual threads, each stack once; behind them one handler of each that leaked.
class ExpectedRulesTest {
  private static final String WORKER = "an idle worker of its pool";

  @ParameterizedTest
  @CsvSource({"jetty, 14, 3", "tomcat, 6, 2", "spring, 9, 2", "netty, 3, 2", "go, 6, 1"})
  void aServerAtRestIsExpectedAndItsLeakedHandlersAreNot(String server, int resting, int leaked)
      throws Exception {
    int rests = 0;
    int leaks = 0;
    for (StackGroup group : Groups.of(dumpOf(server))) {
      boolean isLeak = FunctionPattern.parse("/\\.leak$/").matches(group.stack());
      assertThat(ExpectedRules.ruleFor(group).isPresent()).as("%s", group).isEqualTo(!isLeak);
      rests += isLeak ? 0 : 1;
      leaks += isLeak ? 1 : 0;
    }
    assertThat(rests).isEqualTo(resting);
    assertThat(leaks).isEqualTo(leaked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jetty", "tomcat", "spring", "netty", "go"})
  void whereAHandlerRunsInsteadNobodyIsExcused(String server) throws Exception {
    int tried = 0;
    for (StackGroup group : Groups.of(dumpOf(server))) {
      List<Frame> frames = group.stack().frames();
      int place = restingPlace(group.sample());
      if (place < 0 || place + 1 == frames.size()) {
        continue;
      }
      List<Frame> busy = new ArrayList<>(Dumps.stack(latch("acme.Handler.handle")).frames());
      busy.addAll(frames.subList(place + 1, frames.size()));
      assertThat(rule(with(group.sample(), busy))).as("%s", busy).isEmpty();
      tried++;
    }
    assertThat(tried).isPositive();
  }

  @Test
  void anIdleWorkerIsExpectedAndABusyOneIsNot() {
    String[] idle = {
      "java.util.concurrent.LinkedBlockingQueue.take",
      "java.util.concurrent.ThreadPoolExecutor.getTask",
      "java.util.concurrent.ThreadPoolExecutor.runWorker",
      "java.lang.Thread.run"
    };
    assertThat(rule(platform(WaitKind.QUEUE, idle))).contains(WORKER);
    String[] busy = {
      "java.util.concurrent.LinkedBlockingQueue.take",
      "acme.Task.run",
      "java.util.concurrent.ThreadPoolExecutor.runWorker",
      "java.lang.Thread.run"
    };
    assertThat(rule(platform(WaitKind.QUEUE, busy))).isEmpty();
  }

  @Test
  void aTaskOfTheJdkAloneIsNoIdleWorker() {
    assertThat(
            rule(
                platform(
                    WaitKind.LATCH,
                    latch(
                        "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.run",
                        "org.eclipse.jetty.util.thread.QueuedThreadPool.runJob",
                        "java.lang.Thread.run"))))
        .isEmpty();
  }

  @Test
  void aPoolsQueueMayBeTheProgramsOwn() {
    String[] idle = {
      "java.lang.Object.wait",
      "acme.FairQueue.take",
      "java.util.concurrent.ThreadPoolExecutor.getTask",
      "java.util.concurrent.ThreadPoolExecutor.runWorker"
    };
    assertThat(rule(platform(WaitKind.CONDITION, idle))).contains(WORKER);
  }

  @Test
  void aTimerIsAtRestUnlessItsTaskRuns() {
    String[] idle = {"java.lang.Object.wait", "java.util.TimerThread.mainLoop"};
    assertThat(rule(platform(WaitKind.QUEUE, idle))).contains(WORKER);
    assertThat(
            rule(
                platform(WaitKind.LATCH, latch("acme.Tidy.run", "java.util.TimerThread.mainLoop"))))
        .isEmpty();
  }

  @Test
  void anEventLoopIsAtRestUnlessItRunsAHandler() {
    String[] select = {"sun.nio.ch.EPoll.wait", "sun.nio.ch.SelectorImpl.lockAndDoSelect"};
    String[] loop = {"sun.net.httpserver.ServerImpl$Dispatcher.run", "java.lang.Thread.run"};
    assertThat(rule(platform(WaitKind.IO, joined(select, loop)))).isPresent();
    String[] handler = {"sun.net.httpserver.simpleserver.FileServerHandler.handle"};
    assertThat(rule(platform(WaitKind.IO, joined(select, handler, loop)))).isEmpty();
  }

  @Test
  void theJdksCleanerIsExpectedAndACleanUpThatHangsIsNot() {
    String[] idle = {"java.lang.ref.ReferenceQueue.remove", "jdk.internal.ref.CleanerImpl.run"};
    assertThat(rule(platform(WaitKind.RUNTIME, idle))).contains("the JDK's own thread");
    String[] hangs = latch("acme.Buffers$1.run", "jdk.internal.ref.CleanerImpl.run");
    assertThat(rule(platform(WaitKind.LATCH, hangs))).isEmpty();
  }

  @Test
  void theJdksThreadsOfOlderVersionsAreExpectedToo() {
    String[] finalizerOf21 = {
      "java.lang.Object.wait",
      "java.lang.ref.NativeReferenceQueue.await",
      "java.lang.ref.ReferenceQueue.remove0",
      "java.lang.ref.NativeReferenceQueue.remove",
      "java.lang.ref.Finalizer$FinalizerThread.run"
    };
    assertThat(rule(platform(WaitKind.RUNTIME, finalizerOf21))).contains("the JDK's own thread");
    String[] dumperOf21 = {
      "java.lang.Thread.getStackTrace",
      "jdk.internal.vm.ThreadDumper.dumpThreadToJson",
      "jdk.internal.vm.ThreadDumper.dumpThreadsToFile"
    };
    assertThat(rule(platform(WaitKind.NONE, dumperOf21))).contains("it writes this dump");
  }

  @Test
  void theReaperOfAChildProcessIsExpectedAndWhoWaitsForTheChildIsNot() {
    String[] reaper = {
      "java.lang.ProcessHandleImpl.waitForProcessExit0",
      "java.lang.ProcessHandleImpl$1.run",
      "java.util.concurrent.ThreadPoolExecutor.runWorker"
    };
    assertThat(rule(platform(WaitKind.PROCESS, reaper))).isPresent();
    String[] handler = {"java.lang.ProcessImpl.waitFor", "acme.Exec.handle"};
    assertThat(rule(platform(WaitKind.PROCESS, handler))).isEmpty();
  }

  @Test
  void aCarrierIsJudgedByItsVirtualThread() {
    String[] carrier = {
      "jdk.internal.vm.Continuation.run",
      "java.lang.VirtualThread.runContinuation",
      "java.util.concurrent.ForkJoinPool.runWorker",
    };
    assertThat(rule(platform(WaitKind.UNKNOWN, carrier))).isPresent();
  }

  @Test
  void aNameAloneExpectsNobody() {
    DumpThread impostor =
        DumpThread.of(ThreadKind.PLATFORM, Dumps.stack("acme.Task.run"))
            .id(9)
            .name("Reference Handler")
            .state(ThreadState.WAITING)
            .build();
    assertThat(rule(impostor)).isEmpty();
  }

  @Test
  void theMainThreadMayWaitForTheEndOfItsServerButNotForALock() {
    String[] main = latch("acme.Server.join", "acme.Main.main");
    assertThat(rule(named("main", WaitKind.LATCH, main))).contains("the main thread");
    assertThat(ruleOf(2, named("main", WaitKind.LATCH, main))).as("there is one only").isEmpty();
    assertThat(rule(named("main", WaitKind.MUTEX, main))).isEmpty();
    assertThat(rule(named("native-7", WaitKind.LATCH, main))).isEmpty();
    String[] worker = {"java.util.concurrent.ThreadPoolExecutor.runWorker", "acme.Pool.main"};
    assertThat(
            rule(named("main", WaitKind.LATCH, latch(joined(new String[] {"acme.T.run"}, worker)))))
        .isEmpty();
    assertThat(rule(virtual("", main))).isEmpty();
  }

  @Test
  void aGoroutineOfMainIsTheMainOneOnlyIfItBeganThere() {
    assertThat(rule(goroutine(WaitKind.CHANNEL_RECEIVE, "main.main"))).isPresent();
    assertThat(rule(goroutine(WaitKind.CHANNEL_RECEIVE, "main.main", "runtime.main"))).isPresent();
    assertThat(rule(goroutine(WaitKind.CHANNEL_RECEIVE, "main.main.func1"))).isEmpty();
  }

  @Test
  void aThreadThatKeepsItsServerRunningIsExpectedAndAHandlerThatDoesIsNot() {
    String[] await = {"java.lang.Thread.sleep", "org.apache.catalina.core.StandardServer.await"};
    String[] spring = {"org.springframework.boot.tomcat.TomcatWebServer$1.run"};
    assertThat(rule(platform(WaitKind.SLEEP, joined(await, spring)))).isPresent();
    String[] block = {"reactor.core.publisher.BlockingSingleSubscriber.blockingGet"};
    String[] reactive = {"org.springframework.boot.reactor.netty.NettyWebServer$1.run"};
    assertThat(rule(platform(WaitKind.LATCH, latch(joined(block, reactive))))).isPresent();
    assertThat(rule(platform(WaitKind.LATCH, latch(joined(block, new String[] {"acme.Get.run"})))))
        .isEmpty();
    String[] worker = {"acme.Stop.run", "java.util.concurrent.ThreadPoolExecutor.runWorker"};
    assertThat(rule(platform(WaitKind.SLEEP, joined(await, worker)))).isEmpty();
  }

  @Test
  void anAcceptorOfTheProgramItselfIsExpectedOnAnyKindOfThread() {
    String[] deep = accept("acme.Server.next", "acme.Server.run", "java.lang.Thread.run");
    assertThat(rule(platform(WaitKind.IO, deep)))
        .contains("an acceptor that waits for connections");
    assertThat(rule(virtual("<root>", deep))).isPresent();
    assertThat(
            rule(
                goroutine(
                    WaitKind.IO,
                    "internal/poll.(*FD).Accept",
                    "net.(*TCPListener).Accept",
                    "main.serve")))
        .isPresent();
  }

  @Test
  void aHandlerThatAcceptsIsNoAcceptor() {
    String[] passive = accept("acme.Ftp.passive", "acme.Ftp.run", "java.lang.Thread.run");
    assertThat(ruleOf(20, platform(WaitKind.IO, passive))).as("many of them").isEmpty();
    assertThat(rule(virtual("java.util.concurrent.ThreadPerTaskExecutor@1", passive))).isEmpty();
    assertThat(
            rule(
                platform(
                    WaitKind.IO,
                    accept("acme.Ftp.run", "java.util.concurrent.ThreadPoolExecutor.runWorker"))))
        .isEmpty();
    assertThat(
            rule(
                goroutine(
                    WaitKind.IO,
                    "net.(*TCPListener).Accept",
                    "main.pasv",
                    "net/http.(*conn).serve")))
        .isEmpty();
  }

  @Test
  void acceptorsOfSeveralPortsAreExpectedIfAcceptingIsAllTheyDo() {
    String[] direct = accept("acme.Server.run", "java.lang.Thread.run");
    assertThat(ruleOf(3, platform(WaitKind.IO, direct))).isPresent();
  }

  @Test
  void acceptorsWithoutNumberAreALeak() {
    String[] lambda = accept("acme.Ftp.lambda$open$0", "java.lang.VirtualThread.run");
    assertThat(ruleOf(33, virtual("", lambda))).isEmpty();
    assertThat(ruleOf(32, virtual("", lambda))).isPresent();
  }

  @Test
  void aHandlerThatSelectsIsNoEventLoop() {
    String[] select = {"sun.nio.ch.SelectorImpl.lockAndDoSelect"};
    String[] loop = joined(select, new String[] {"acme.Loop.run", "java.lang.Thread.run"});
    assertThat(ruleOf(4, platform(WaitKind.IO, loop))).as("loops of its own").isPresent();
    assertThat(ruleOf(33, platform(WaitKind.IO, loop))).as("too many").isEmpty();
    String[] deep = joined(select, new String[] {"acme.Proxy.copy", "acme.Proxy.run"});
    assertThat(rule(platform(WaitKind.IO, deep))).as("alone").isPresent();
    assertThat(ruleOf(4, platform(WaitKind.IO, deep))).as("handlers").isEmpty();
    String[] pool = {"java.util.concurrent.ThreadPoolExecutor.runWorker"};
    assertThat(rule(platform(WaitKind.IO, joined(deep, pool)))).isEmpty();
    assertThat(rule(virtual("", deep))).isEmpty();
  }

  @Test
  void onlyOneThreadWritesADumpAndItDoesNotWait() {
    String[] write = {"runtime/pprof.(*Profile).WriteTo", "main.handler"};
    String[] runtime = {"runtime/pprof.writeGoroutineStacks"};
    assertThat(rule(goroutine(WaitKind.NONE, joined(runtime, write)))).isPresent();
    assertThat(ruleOf(2, goroutine(WaitKind.NONE, joined(runtime, write)))).isEmpty();
    String[] slow = {"main.(*slowWriter).Write"};
    assertThat(rule(goroutine(WaitKind.NONE, joined(slow, write)))).isEmpty();
    DumpThread stuck =
        DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack(joined(runtime, write)))
            .waiting(Duration.ofMinutes(90))
            .build();
    assertThat(rule(stuck)).isEmpty();
    String[] dumper = {"jdk.internal.vm.ThreadDumper.dumpThreadsToFile"};
    assertThat(ruleOf(3_000, platform(WaitKind.NONE, dumper))).isEmpty();
  }

  @Test
  void aThreadWhoseStackWasLostIsNotOneOfTheJvmItself() {
    DumpThread.Builder stackless = DumpThread.of(ThreadKind.PLATFORM, CallStack.EMPTY);
    DumpThread collector = stackless.state(ThreadState.RUNNABLE).build();
    assertThat(ruleOf(200, collector)).as("a thread of the VM in a dump of jstack").isPresent();
    DumpThread compiler = stackless.id(9).build();
    assertThat(rule(compiler)).isPresent();
    assertThat(ruleOf(65, compiler)).as("too many").isEmpty();
    assertThat(rule(stackless.state(ThreadState.WAITING).build())).isEmpty();
    assertThat(rule(stackless.state(ThreadState.BLOCKED).build())).isEmpty();
  }

  @Test
  void aSingleThreadThatTakesFromItsQueueIsExpectedAndTwoAreNot() {
    String[] logger = {"java.util.concurrent.ArrayBlockingQueue.take", "acme.AsyncLog$Worker.run"};
    assertThat(rule(platform(WaitKind.QUEUE, logger))).isPresent();
    assertThat(ruleOf(2, platform(WaitKind.QUEUE, logger))).isEmpty();
    assertThat(rule(platform(WaitKind.LATCH, logger))).isEmpty();
    assertThat(rule(platform(WaitKind.QUEUE, joined(logger, new String[] {"acme.Log.main2"}))))
        .as("deeper than its run method")
        .isEmpty();
  }

  @Test
  void anIdleConnectionOfGoIsExpectedAndOneInAHandlerIsNot() {
    String[] read = {"internal/poll.(*FD).Read", "net.(*netFD).Read", "net.(*conn).Read"};
    String[] idle = {"bufio.(*Reader).Peek", "net/http.(*conn).serve"};
    assertThat(rule(goroutine(WaitKind.IO, joined(read, idle)))).isPresent();
    String[] handler = {
      "net/http.(*fileHandler).ServeHTTP",
      "net/http.serverHandler.ServeHTTP",
      "net/http.(*conn).serve"
    };
    assertThat(rule(goroutine(WaitKind.IO, joined(read, handler)))).isEmpty();
    assertThat(rule(goroutine(WaitKind.CHANNEL_RECEIVE, "net/http.(*conn).serve"))).isEmpty();
  }

  @Test
  void aClientOfGoWhoseBodyWasNeverReadIsNotExcused() {
    assertThat(rule(goroutine(WaitKind.IO, "net/http.(*persistConn).readLoop"))).isPresent();
    assertThat(rule(goroutine(WaitKind.SELECT, "net/http.(*persistConn).readLoop"))).isEmpty();
  }

  @Test
  void aPackageOfTheProgramThatIsCalledLikeOneOfGoIsNoWait() {
    String[] handler = {"net.acme.Handler.handle", "java.util.TimerThread.mainLoop"};
    assertThat(rule(platform(WaitKind.PARK, handler))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "dev.groundhog.agent.internal.Listener.lambda$serve$0, true",
    "dev.groundhog.endpoint.Watch.run, true",
    "acme.Server.handle, false",
  })
  void aThreadOfTheAgentIsExpectedByItsRoot(String root, boolean isExpected) {
    for (int threads : new int[] {1, 40}) {
      List<DumpThread> waiting = new ArrayList<>();
      for (int id = 1; id <= threads; id++) {
        waiting.add(
            Dumps.waiting(
                id, latch("dev.groundhog.endpoint.Answers.write", root, "java.lang.Thread.run")));
      }
      StackGroup group = Groups.of(Dumps.of(waiting)).getFirst();
      assertThat(ExpectedRules.ruleFor(group).isPresent()).isEqualTo(isExpected);
    }
  }

  private static String[] latch(String... callers) {
    return joined(
        new String[] {
          "java.util.concurrent.locks.LockSupport.park", "java.util.concurrent.CountDownLatch.await"
        },
        callers);
  }

  private static String[] accept(String... callers) {
    return joined(
        new String[] {"sun.nio.ch.Net.accept", "sun.nio.ch.ServerSocketChannelImpl.accept"},
        callers);
  }

  private static String[] joined(String[]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private static DumpThread platform(WaitKind kind, String... functions) {
    return DumpThread.of(ThreadKind.PLATFORM, Dumps.stack(functions))
        .id(7)
        .state(ThreadState.WAITING)
        .waits(kind, "")
        .build();
  }

  private static DumpThread named(String name, WaitKind kind, String... functions) {
    return DumpThread.of(ThreadKind.PLATFORM, Dumps.stack(functions))
        .id(7)
        .name(name)
        .state(ThreadState.WAITING)
        .waits(kind, "")
        .build();
  }

  private static DumpThread virtual(String container, String... functions) {
    return DumpThread.of(ThreadKind.VIRTUAL, Dumps.stack(functions))
        .id(7)
        .state(ThreadState.WAITING)
        .waits(WaitKind.IO, "")
        .group(container)
        .build();
  }

  private static DumpThread goroutine(WaitKind kind, String... functions) {
    return DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack(functions))
        .state(ThreadState.WAITING)
        .waits(kind, "")
        .build();
  }

  private static DumpThread with(DumpThread like, List<Frame> frames) {
    return DumpThread.of(like.kind(), new CallStack(frames))
        .id(7)
        .state(ThreadState.WAITING)
        .waits(WaitKind.LATCH, "")
        .build();
  }

  /// Where the function stands that makes `thread` expected, -1 if none alone does.
  private static int restingPlace(DumpThread thread) {
    List<Frame> frames = thread.stack().frames();
    int place = -1;
    for (int top = 0; top < frames.size(); top++) {
      DumpThread rest =
          DumpThread.of(thread.kind(), new CallStack(frames.subList(top, frames.size())))
              .waits(thread.waitKind(), "")
              .build();
      if (RestingPlaces.ruleFor(rest).isPresent()) {
        place = top;
      }
    }
    return place;
  }

  private static Optional<String> rule(DumpThread thread) {
    return ruleOf(1, thread);
  }

  private static Optional<String> ruleOf(int count, DumpThread thread) {
    List<DumpThread> threads = Stream.generate(() -> thread).limit(count).toList();
    return ExpectedRules.ruleFor(Groups.of(Dumps.of(threads)).getFirst());
  }

  private static Dump dumpOf(String server) throws IOException {
    try (InputStream file = ExpectedRulesTest.class.getResourceAsStream(server + ".txt")) {
      return DumpReader.readAll(Objects.requireNonNull(file)).getFirst();
    }
  }
}
