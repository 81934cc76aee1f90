package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Each rule with a thread that it expects and a near twin, with the same name, that is caught.
class ExpectedThreadsTest {
  private static final String THREAD = "java.lang.Thread";
  private static final String INNOCUOUS = "jdk.internal.misc.InnocuousThread";
  private static final String WORKER = "java.util.concurrent.ThreadPoolExecutor$Worker.run";
  private static final String IDLE = "java.util.concurrent.ThreadPoolExecutor.getTask";

  record Twins(String name, DumpThread expected, DumpThread caught) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Twins> TWINS =
      List.of(
          new Twins(
              "Groundhog's agent",
              named("groundhog-1", THREAD, "main", "dev.groundhog.agent.internal.Listener.accept"),
              named("groundhog-1", THREAD, "main", "acme.Listener.accept")),
          new Twins(
              "the JVM's own",
              named("Signal Dispatcher", THREAD, "system"),
              named("Signal Dispatcher", THREAD, "main")),
          new Twins(
              "the end of the JVM",
              named("DestroyJavaVM", THREAD, "main"),
              named("DestroyJavaVM", THREAD, "main", "acme.Main.await")),
          new Twins(
              "the main thread",
              named("main", THREAD, "main", "acme.Latch.await", "acme.Main.main"),
              named("main", THREAD, "main", "acme.Latch.await", "acme.Main.run")),
          new Twins(
              "references",
              named("Reference Handler", "java.lang.ref.Reference$ReferenceHandler", "system"),
              named("Reference Handler", THREAD, "main", "acme.Handler.run")),
          new Twins(
              "a cleaner",
              named(
                  "Cleaner-0",
                  INNOCUOUS,
                  "InnocuousThreadGroup",
                  "jdk.internal.ref.CleanerImpl.run"),
              named("Cleaner-0", THREAD, "main", "acme.Cleaner.run")),
          new Twins(
              "the reaper of processes",
              named("process reaper", INNOCUOUS, "InnocuousThreadGroup", IDLE, WORKER),
              named("process reaper", THREAD, "main", IDLE, WORKER)),
          new Twins(
              "no service for watching files",
              named(
                  "Cleaner-1",
                  INNOCUOUS,
                  "InnocuousThreadGroup",
                  "jdk.internal.ref.CleanerImpl.run"),
              named(
                  "Cleaner-1",
                  INNOCUOUS,
                  "InnocuousThreadGroup",
                  "sun.nio.fs.LinuxWatchService$Poller.run")),
          new Twins(
              "a poller",
              virtual(
                  "SubPoller-0", "sun.nio.ch.Poller.subPollerLoop", "java.lang.VirtualThread.run"),
              virtual("SubPoller-0", "acme.Poller.subPollerLoop", "java.lang.VirtualThread.run")),
          new Twins(
              "a carrier",
              named("ForkJoinPool-1-worker-1", "jdk.internal.misc.CarrierThread", "CarrierThreads"),
              named(
                  "ForkJoinPool-1-worker-1",
                  "java.util.concurrent.ForkJoinWorkerThread",
                  "main",
                  "java.util.concurrent.ForkJoinPool.awaitWork")),
          new Twins(
              "the scheduler of the common pool",
              named(
                  "ForkJoinPool.commonPool-delayScheduler",
                  "java.util.concurrent.DelayScheduler",
                  "main"),
              named(
                  "ForkJoinPool.commonPool-delayScheduler", THREAD, "main", "acme.Scheduler.run")),
          new Twins(
              "a worker of the common pool",
              common("java.util.concurrent.ForkJoinPool.awaitWork"),
              common(
                  "java.util.concurrent.LinkedBlockingQueue.take",
                  "java.util.concurrent.ForkJoinTask.doExec")),
          new Twins(
              "the flight recorder",
              named("JFR", THREAD, "main", "jdk.jfr.internal.PlatformRecorder.run"),
              named("JFR", THREAD, "main", "jdk.jfr.internal.consumer.AbstractEventStream.run")),
          new Twins(
              "who watches from outside",
              named(
                  "RMI TCP Accept-0",
                  THREAD,
                  "system",
                  "sun.rmi.transport.tcp.TCPTransport$AcceptLoop.run"),
              named("RMI TCP Accept-0", THREAD, "main", "acme.Transport$AcceptLoop.run")),
          new Twins(
              "graphics",
              named("Java2D Disposer", THREAD, "system", "sun.java2d.Disposer.run"),
              named("Java2D Disposer", THREAD, "main", "acme.Disposer.run")),
          new Twins(
              "JUnit's worker",
              junitWorker("org.junit.platform.engine.support.hierarchical.NodeTestTask.execute"),
              junitWorker("acme.QueueTest.take")),
          new Twins(
              "JUnit's worker that runs another test",
              junitWorker(
                  "acme.QueueTest.take",
                  "org.junit.platform.engine.support.hierarchical.NodeTestTask.execute"),
              junitWorker("acme.QueueTest.take", "java.util.concurrent.ForkJoinTask.doExec")),
          new Twins(
              "Surefire",
              named(
                  "surefire",
                  THREAD,
                  "main",
                  "org.apache.maven.surefire.booter.CommandReader$R.run"),
              named("surefire", THREAD, "main", "acme.surefire.CommandReader.run")),
          new Twins(
              "what the runner started for itself",
              by("org.junit.jupiter.engine.extension.TimeoutExtension.intercept"),
              by("acme.Watcher.start")),
          new Twins(
              "Netty's executor for all",
              netty("io.netty.util.concurrent.GlobalEventExecutor.takeTask"),
              netty("io.netty.channel.nio.NioEventLoop.select")),
          new Twins(
              "OkHttp's runner",
              named(
                  "OkHttp",
                  THREAD,
                  "main",
                  "okhttp3.internal.concurrent.TaskRunner.awaitTaskToRun",
                  WORKER),
              named("OkHttp", THREAD, "main", IDLE, WORKER)),
          new Twins(
              "an idle worker of OkHttp's runner, by who started it",
              by("okhttp3.internal.concurrent.TaskRunner$RealBackend.execute"),
              by("okhttp3.internal.connection.RealCall$AsyncCall.executeOn")),
          new Twins(
              "Testcontainers",
              named("testcontainers-ryuk", THREAD, "testcontainers", "org.testcontainers.Ryuk.run"),
              named("testcontainers-ryuk", THREAD, "testcontainers", "acme.Ryuk.run")),
          new Twins(
              "a driver's cleaner",
              named("Cleaner", THREAD, "main", "org.postgresql.util.LazyCleaner$1.run"),
              named("Cleaner", THREAD, "main", "acme.LazyCleaner$1.run")));

  @ParameterizedTest
  @FieldSource("TWINS")
  void aThreadIsExpectedForWhatItIsAndItsNearTwinIsCaught(Twins twins) {
    assertThat(ExpectedThreads.reason(twins.expected())).isPresent();
    assertThat(ExpectedThreads.reason(twins.caught())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Timer-0, java.util.TimerThread, java.util.TimerThread.run",
    "HttpClient-1-SelectorManager, jdk.internal.net.http.HttpClientImpl$SelectorManager,"
        + " jdk.internal.net.http.HttpClientImpl$SelectorManager.run",
    "pool-1-thread-1, java.lang.Thread, java.util.concurrent.ThreadPoolExecutor.getTask",
    "nioEventLoopGroup-2-1, io.netty.util.concurrent.FastThreadLocalThread,"
        + " io.netty.channel.nio.NioEventLoop.run",
    "qtp1-20, java.lang.Thread, org.eclipse.jetty.util.thread.QueuedThreadPool.idleJobPoll",
    "ForkJoinPool-3-delayScheduler, java.util.concurrent.DelayScheduler,"
        + " java.util.concurrent.DelayScheduler.run",
  })
  void whatSomebodyCouldHaveClosedIsNeverExpected(String name, String type, String function) {
    assertThat(ExpectedThreads.reason(named(name, type, "main", function))).isEmpty();
  }

  /// JUnit makes its watch with the highest priority.
  @ParameterizedTest
  @CsvSource({
    "junit-jupiter-timeout-watcher, 10, true",
    "junit-jupiter-timeout-watcher, 5, false",
    "junit-jupiter-timeout-watcher-1, 10, false",
    "surefire-forkedjvm-stream-flusher, 5, false",
    "OkHttp TaskRunner, 5, false",
  })
  void aNameAloneSaysNothingOfAnIdleWorkerWhoseCreatorIsNotKnown(
      String name, int priority, boolean expected) throws Exception {
    ThreadFactory named = Thread.ofPlatform().name(name).daemon().priority(priority).factory();
    try (ExecutorService pool = Executors.newSingleThreadExecutor(named)) {
      long id = pool.submit(() -> Thread.currentThread().threadId()).get();
      DumpThread worker =
          platform(name, THREAD, "main", "jdk.internal.misc.Unsafe.park", IDLE, WORKER)
              .id(id)
              .build();
      assertThat(ExpectedThreads.reason(worker).isPresent()).isEqualTo(expected);
      assertThat(ExpectedThreads.reason(worker.with().createdBy(stack("acme.Pool.start")).build()))
          .isEmpty();
    }
  }

  @Test
  void whoRunsThisTestAndWhatIsThereBesideItIsExpected() throws Exception {
    long self = Thread.currentThread().threadId();
    new PlatformLook("in this test")
        .dump()
        .only(thread -> thread.id().orElseThrow() != self)
        .forEach(
            thread -> assertThat(ExpectedThreads.reason(thread)).as(thread.name()).isPresent());
  }

  private static DumpThread named(String name, String type, String group, String... functions) {
    return platform(name, type, group, functions).build();
  }

  private static DumpThread.Builder platform(
      String name, String type, String group, String... functions) {
    return DumpThread.of(ThreadKind.PLATFORM, stack(functions))
        .id(1)
        .name(name)
        .threadClass(type)
        .threadGroup(group);
  }

  private static DumpThread virtual(String name, String... functions) {
    return DumpThread.of(ThreadKind.VIRTUAL, stack(functions)).id(1).name(name).build();
  }

  private static DumpThread common(String... functions) {
    return named(
        "ForkJoinPool.commonPool-worker-1",
        "java.util.concurrent.ForkJoinWorkerThread$InnocuousForkJoinWorkerThread",
        "InnocuousForkJoinWorkerThreadGroup",
        functions);
  }

  private static DumpThread junitWorker(String... functions) {
    return named(
        "junit-1-worker-1",
        "org.junit.platform.engine.support.hierarchical.WorkerThreadPool$WorkerThread",
        "main",
        functions);
  }

  private static DumpThread netty(String function) {
    return named(
        "globalEventExecutor-1-1",
        "io.netty.util.concurrent.FastThreadLocalThread",
        "main",
        function,
        "io.netty.util.concurrent.FastThreadLocalRunnable.run");
  }

  private static DumpThread by(String creator) {
    return platform("pool-1-thread-1", THREAD, "main", IDLE, WORKER)
        .createdBy(stack("java.util.concurrent.ThreadPoolExecutor.addWorker", creator))
        .build();
  }

  private static CallStack stack(String... functions) {
    return new CallStack(
        Stream.concat(
                Arrays.stream(functions),
                Stream.of(THREAD + ".run").filter(_ -> functions.length > 0))
            .map(function -> new Frame(function, "", Frame.UNKNOWN_LINE))
            .filter(frame -> !isMain(functions) || !frame.function().equals(THREAD + ".run"))
            .toList());
  }

  private static boolean isMain(String... functions) {
    return functions.length > 0 && functions[functions.length - 1].endsWith(".main");
  }
}
