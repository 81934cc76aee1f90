package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.groundhog.junit.internal.AgentHere;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is known since the agent tells who started whom.
class CreatorsTest {
  private static final Map<String, String> PARALLEL =
      Map.of(
          "junit.jupiter.execution.parallel.enabled", "true",
          "junit.jupiter.execution.parallel.config.strategy", "fixed",
          "junit.jupiter.execution.parallel.config.fixed.parallelism", "8");

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static void take() {
    try {
      new LinkedBlockingQueue<>().take();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @LeakCheck(within = "300ms")
  @Execution(ExecutionMode.CONCURRENT)
  static class Parallel {
    /// Every fifth leaves a thread, which another thread of another pool has started.
    @RepeatedTest(40)
    void test(RepetitionInfo repetition) throws Exception {
      boolean leaks = repetition.getCurrentRepetition() % 5 == 0;
      try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
        pool.submit(() ->
                Thread.startVirtualThread(() -> {
                  if (leaks) {
                    Left.virtual(CreatorsTest::take);
                  }
                }))
            .get()
            .join();
      }
    }
  }

  /// By each of JUnit's ways to run them.
  private static Map<String, String> parallel(String executor) {
    Map<String, String> parameters = new HashMap<>(PARALLEL);
    parameters.put("junit.jupiter.execution.parallel.config.executor-service", executor);
    return parameters;
  }

  @ParameterizedTest
  @ValueSource(strings = {"FORK_JOIN_POOL", "WORKER_THREAD_POOL"})
  void eachOfManyParallelTestsAnswersForItsOwnThreads(String executor) {
    Map<String, String> failures = Run.of(parallel(executor), Parallel.class).failures();
    assertThat(failures).hasSize(8);
    failures.forEach((test, line) ->
        assertThat(line)
            .isEqualTo("leak: 1 virtual thread of CreatorsTest.Parallel.test() " + test));
  }

  /// Whether a test ran on a worker of JUnit that a checked test had made it start.
  private static final AtomicBoolean ON_A_TESTS_WORKER = new AtomicBoolean();

  private static void noteWorker(Class<?> starter) {
    if (!ON_A_TESTS_WORKER.get() && AgentHere.startedThisThreadIn(starter.getName() + ".test")) {
      ON_A_TESTS_WORKER.set(true);
    }
  }

  /// Its own worker may take a while to end where the machine is busy.
  @LeakCheck(within = "10s")
  @Execution(ExecutionMode.CONCURRENT)
  static class Blocking {
    /// While it waits, JUnit's own pool starts a worker in its place, which runs other tests.
    @RepeatedTest(40)
    void test() throws Exception {
      noteWorker(Blocking.class);
      try (ForkJoinPool pool = new ForkJoinPool(1)) {
        pool.submit(() -> new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).get();
      }
    }
  }

  @Test
  void aWorkerOfJUnitIsNoLeakWhicheverTestMadeItStart() {
    ON_A_TESTS_WORKER.set(false);
    assertThat(Run.of(PARALLEL, Blocking.class).failures()).isEmpty();
    assertThat(ON_A_TESTS_WORKER).isTrue();
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "10s")
  @Execution(ExecutionMode.CONCURRENT)
  static class MakesWorkers {
    /// JUnit's pool starts a worker in its place, which runs tests of [Unchecked].
    @RepeatedTest(8)
    void test() throws Exception {
      try (ForkJoinPool pool = new ForkJoinPool(1)) {
        pool.submit(() -> new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).get();
      }
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  static class Unchecked {
    @RepeatedTest(100)
    void test() {
      noteWorker(MakesWorkers.class);
      Left.virtual(CreatorsTest::take);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // so that there are tests for all
    }
  }

  @Test
  void whatAnUncheckedTestStartsOnAWorkerThatACheckedOneMadeIsNotTheCheckedOnes() {
    ON_A_TESTS_WORKER.set(false);
    assertThat(Run.of(PARALLEL, MakesWorkers.class, Unchecked.class).failures()).isEmpty();
    assertThat(ON_A_TESTS_WORKER).isTrue();
  }

  @LeakCheck(within = "100ms")
  static class RunsOthers {
    @Test
    void outer() {
      Run.of(Inner.class);
    }
  }

  static class Inner {
    @Test
    void inner() {
      Left.virtual(CreatorsTest::take);
    }
  }

  @Test
  void whatATestStartsThatACheckedOneRunsIsTheCheckedOnes() {
    assertThat(Run.of(RunsOthers.class).failures())
        .containsExactly(
            Map.entry("outer()", "leak: 1 virtual thread of CreatorsTest.RunsOthers.outer()"));
  }

  /// Runs the tests of a class on a thread that was there before them.
  static final class OnAnOlderThread implements InvocationInterceptor {
    private static ExecutorService older = ForkJoinPool.commonPool();

    @Override
    public void interceptTestMethod(
        Invocation<@Nullable Void> invocation,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      older.submit(() -> proceed(invocation)).get();
    }

    @Override
    public void interceptBeforeAllMethod(
        Invocation<@Nullable Void> invocation,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      older.submit(() -> proceed(invocation)).get();
    }

    private static boolean proceed(Invocation<@Nullable Void> invocation) {
      try {
        invocation.proceed();
        return true;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  @ExtendWith(OnAnOlderThread.class)
  @LeakCheck(within = "100ms")
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class Elsewhere {
    @Test
    void first() {
      Left.virtual(CreatorsTest::take);
    }

    @Test
    void second() {}
  }

  @ExtendWith(OnAnOlderThread.class)
  @LeakCheck(within = "100ms")
  static class ElsewhereBeforeAll {
    @BeforeAll
    static void open() {
      Left.virtual(CreatorsTest::take);
    }

    @Test
    void test() {}
  }

  @Test
  void aMethodThatAnExtensionRunsOnAnOlderThreadIsFollowed() throws Exception {
    OnAnOlderThread.older = Executors.newFixedThreadPool(1);
    Left.open(OnAnOlderThread.older::shutdownNow);
    OnAnOlderThread.older.submit(() -> {}).get();
    assertThat(Run.of(Elsewhere.class).failures())
        .containsExactly(
            Map.entry("first()", "leak: 1 virtual thread of CreatorsTest.Elsewhere.first()"));
    assertThat(Run.of(ElsewhereBeforeAll.class).failures())
        .containsExactly(
            Map.entry(
                "CreatorsTest$ElsewhereBeforeAll",
                "leak: 1 virtual thread of CreatorsTest.ElsewhereBeforeAll"));
  }

  @LeakCheck(within = "1m")
  static class EndLate {
    static final int MANY = 20_000;
    static final CountDownLatch END = new CountDownLatch(1);

    @Test
    void test() {
      for (int i = 0; i < MANY; i++) {
        Thread.startVirtualThread(() -> {
          try {
            END.await();
          } catch (InterruptedException _) {
            // it ends
          }
        });
      }
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // until the check looks
            END.countDown();
          });
    }
  }

  @Test
  void anyNumberOfThreadsMayEndLate() {
    assertThat(Run.of(EndLate.class).failures()).isEmpty();
    assertThat(EndLate.END.getCount()).isZero();
  }

  static class FailsBeforeTheEnd {
    @Test
    void failed() {
      Left.virtual(CreatorsTest::take);
      fail("on purpose");
    }

    @Test
    void leaky() {
      Left.virtual(CreatorsTest::take);
    }
  }

  @Test
  void atTheEndOfARunTheTestIsNamedAndThreadsOfFailedOnesDoNotCount() {
    Map<String, String> failures =
        Run.of(Map.of("groundhog.leak-check", "run"), FailsBeforeTheEnd.class).failures();
    assertThat(failures).containsOnlyKeys("failed()", "JUnit Jupiter");
    assertThat(failures.get("JUnit Jupiter"))
        .isEqualTo("leak: 1 virtual thread of CreatorsTest.FailsBeforeTheEnd.leaky()");
  }

  @LeakCheck(within = "100ms")
  static class Dynamic {
    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> dynamic() {
      return IntStream.range(0, 20)
          .mapToObj(number ->
              dynamicTest(
                  "number " + number,
                  () -> {
                    if (number == 7) {
                      Left.virtual(CreatorsTest::take);
                    }
                  }));
    }
  }

  @Test
  void ofDynamicTestsInParallelTheOneIsNamedThatLeftTheThread() {
    assertThat(Run.of(PARALLEL, Dynamic.class).failures())
        .containsExactly(
            Map.entry(
                "dynamic()", "leak: 1 virtual thread of CreatorsTest.Dynamic.dynamic() number 7"));
  }

  @LeakCheck(within = "100ms", onLeak = OnLeak.FAIL_AND_INTERRUPT)
  static class Interrupted {
    private Thread thread = Thread.currentThread();

    @BeforeEach
    void open() {
      thread = Left.virtual(CreatorsTest::take);
    }

    @Test
    void leaky() {
      assertThat(thread.isVirtual()).isTrue();
    }
  }

  @Test
  void virtualThreadsCanBeInterrupted() {
    assertThat(Run.of(Interrupted.class).message("leaky()"))
        .contains("note: all were interrupted, and have ended");
  }

  @LeakCheck
  static class Collected {
    private static final CountDownLatch BEGUN = new CountDownLatch(1);
    private static volatile WeakReference<Thread> thread =
        new WeakReference<>(Thread.currentThread());

    @Test
    void leaky() throws InterruptedException {
      Executors.newVirtualThreadPerTaskExecutor()
          .submit(() -> {
            thread = new WeakReference<>(Thread.currentThread());
            BEGUN.countDown();
            take();
          });
      assertThat(BEGUN.await(10, TimeUnit.SECONDS)).isTrue();
      long begun = System.nanoTime();
      while (!thread.refersTo(null) && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(10)) {
        System.gc(); // nobody holds it once it waits
      }
      assertThat(thread.refersTo(null)).isTrue();
    }
  }

  @Test
  void aVirtualThreadThatTheCollectorTookIsCaughtToo() {
    Run run = Run.of(Collected.class);
    assertThat(run.failures()).containsOnlyKeys("leaky()");
    assertThat(run.message("leaky()"))
        .contains("of CreatorsTest.Collected.leaky()")
        .contains("the collector took it")
        .contains("created by\n")
        .contains("CreatorsTest$Collected.leaky (CreatorsTest.java:");
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "100ms")
  static class OfClass {
    @Test
    void clean() {}

    @Test
    void leaky() {
      Left.virtual(CreatorsTest::take);
    }
  }

  @Test
  void atTheEndOfAClassTheTestIsNamed() {
    assertThat(Run.of(OfClass.class).failures())
        .containsValue("leak: 1 virtual thread of CreatorsTest.OfClass.leaky()");
  }

  @LeakCheck(within = "100ms", ignore = "created-by=CreatorsTest$ByCreator.start")
  static class ByCreator {
    @Test
    void ignored() {
      start();
    }

    @Test
    void leaky() {
      Left.virtual(CreatorsTest::take);
    }

    private static void start() {
      Thread thread = Thread.startVirtualThread(CreatorsTest::take);
      Left.open(thread::interrupt);
    }
  }

  @Test
  void aThreadIsIgnoredByItsCreator() {
    assertThat(Run.of(ByCreator.class).failures()).containsOnlyKeys("leaky()");
  }

  @LeakCheck(within = "100ms")
  static class ByCommonPool {
    @Test
    void leaky() throws Exception {
      ForkJoinPool.commonPool().submit(() -> Left.virtual(CreatorsTest::take)).get();
    }

    @Test
    void clean() throws Exception {
      ForkJoinPool.commonPool().submit(() -> {}).get();
    }
  }

  /// In a run of its own, since otherwise this test runs beside.
  @Test
  void whatAWorkerOfTheCommonPoolStartsCountsForTheTestThatRunsAlone() throws Exception {
    assertThat(Child.run(List.of(), ByCommonPool.class))
        .containsOnlyOnce("leak: 1 virtual thread of CreatorsTest.ByCommonPool.leaky()")
        .doesNotContain("clean()");
  }

  /// A worker of the common pool opens a server, which starts a thread for each connection.
  @LeakCheck(within = "100ms")
  static class SharedServer {
    private static final BlockingQueue<CountDownLatch> CONNECTING = new LinkedBlockingQueue<>();
    private static final Queue<Thread> THREADS = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void open() throws Exception {
      ForkJoinPool.commonPool()
          .submit(() -> THREADS.add(Thread.startVirtualThread(SharedServer::accept)))
          .get();
    }

    private static void accept() {
      try {
        while (true) {
          CountDownLatch accepted = CONNECTING.take();
          Thread.startVirtualThread(() -> serve(accepted));
        }
      } catch (InterruptedException _) {
        // it ends
      }
    }

    /// Another one works on, since this one ends.
    private static void serve(CountDownLatch accepted) {
      THREADS.add(Thread.startVirtualThread(CreatorsTest::take));
      accepted.countDown();
    }

    @Test
    void connects() throws Exception {
      CountDownLatch accepted = new CountDownLatch(1);
      CONNECTING.add(accepted);
      assertThat(accepted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @AfterAll
    static void close() {
      THREADS.forEach(Thread::interrupt);
    }
  }

  @Test
  void whatAServerStartsThatWasOpenedBeforeIsNotTheTestsThatRunsAlone() throws Exception {
    assertThat(Child.run(List.of(), SharedServer.class)).contains(RunMain.WITH_AGENT);
  }

  private static void poolStartsOne() {
    ForkJoinPool.commonPool().submit(() -> Left.virtual(CreatorsTest::take)).join();
  }

  @LeakCheck(within = "10s")
  static class EndsLate {
    @Test
    void clean() {
      Thread test = Thread.currentThread();
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!isChecking(test)) {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            poolStartsOne(); // as the next test would
          });
    }

    @AfterAll
    static void close() throws Exception {
      Left.close();
    }

    private static boolean isChecking(Thread test) {
      return Stream.of(test.getStackTrace())
          .anyMatch(frame -> frame.getClassName().endsWith(".LeakChecker"));
    }
  }

  @Test
  void whatTheCommonPoolStartsWhileATestIsCheckedIsNotThatTests() throws Exception {
    assertThat(Child.run(List.of(), EndsLate.class)).contains(RunMain.WITH_AGENT);
  }

  private static final List<String> CONCURRENTLY =
      Stream.concat(
              PARALLEL.entrySet().stream(),
              Stream.of(Map.entry("junit.jupiter.execution.parallel.mode.default", "concurrent")))
          .map(each -> "-D" + each.getKey() + "=" + each.getValue())
          .toList();

  /// Two classes at one time.
  private static final CyclicBarrier BESIDE = new CyclicBarrier(2);

  private static void meet() throws Exception {
    BESIDE.await(10, TimeUnit.SECONDS);
  }

  static class Prepares {
    @BeforeAll
    static void prepare() throws Exception {
      meet();
      poolStartsOne();
      meet();
      meet();
    }

    @Test
    void test() {}
  }

  @LeakCheck(within = "100ms")
  static class BesidePreparing {
    @Test
    void clean() throws Exception {
      meet();
      meet();
    }

    @AfterAll
    static void isChecked() throws Exception {
      meet();
    }
  }

  @Test
  void aTestIsNotAloneWhileAClassIsPreparedThatIsNotChecked() throws Exception {
    assertThat(Child.run(CONCURRENTLY, Prepares.class, BesidePreparing.class))
        .contains(RunMain.WITH_AGENT);
  }

  @LeakCheck(within = "100ms")
  static class DynamicByCommonPool {
    @TestFactory
    Stream<DynamicTest> dynamic() {
      return Stream.of(
          dynamicTest("clean", () -> {}),
          dynamicTest("of a file", URI.create("file:/acme.txt"), () -> {}),
          dynamicTest("leaky", CreatorsTest::poolStartsOne));
    }
  }

  @Test
  void aFactoryRunsAloneThoughItsDynamicTestsAreMany() throws Exception {
    assertThat(Child.run(List.of(), DynamicByCommonPool.class))
        .contains("leak: 1 virtual thread of CreatorsTest.DynamicByCommonPool.dynamic()");
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "100ms")
  static class ClassByCommonPool {
    @TestFactory
    DynamicTest ofAFile() {
      return dynamicTest("of a file", URI.create("file:/acme.txt"), () -> {});
    }

    @Test
    void leaky() {
      poolStartsOne();
    }

    @Test
    void failed() {
      poolStartsOne();
      fail("on purpose");
    }
  }

  @Test
  void whatAWorkerOfTheCommonPoolStartsCountsForTheClassThatRunsAlone() throws Exception {
    assertThat(Child.run(List.of(), ClassByCommonPool.class))
        .contains("leak: 1 virtual thread of CreatorsTest.ClassByCommonPool\n");
  }

  static class FailsByCommonPool {
    @Test
    void failed() {
      poolStartsOne();
      fail("on purpose");
    }
  }

  static class PassesByCommonPool {
    @Test
    void leaky() {
      poolStartsOne();
    }
  }

  @Test
  void atTheEndOfARunThreadsOfTheCommonPoolDoNotCountThatAFailedTestMayHaveLeft() throws Exception {
    List<String> ofRun = List.of("-Dgroundhog.leak-check=run");
    assertThat(Child.run(ofRun, FailsByCommonPool.class))
        .contains("on purpose")
        .doesNotContain("leak: ");
    assertThat(Child.run(ofRun, FailsByCommonPool.class, PassesByCommonPool.class))
        .contains("leak: 1 virtual thread of ");
  }

  @LeakCheck(within = "100ms")
  @Execution(ExecutionMode.CONCURRENT)
  static class BesideCommonPool {
    private static final CyclicBarrier BOTH = new CyclicBarrier(2);

    @Test
    void opens() throws Exception {
      BOTH.await(10, TimeUnit.SECONDS);
      ForkJoinPool.commonPool().submit(() -> Left.virtual(CreatorsTest::take)).get();
      BOTH.await(10, TimeUnit.SECONDS);
    }

    @Test
    void beside() throws Exception {
      BOTH.await(10, TimeUnit.SECONDS);
      BOTH.await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void ofTestsThatOverlapNoneAnswersForWhatTheCommonPoolStarts() {
    Run run = Run.of(PARALLEL, BesideCommonPool.class);
    assertThat(run.failures()).isEmpty();
    assertThat(run.tests()).containsExactly("beside()", "opens()");
  }
}
