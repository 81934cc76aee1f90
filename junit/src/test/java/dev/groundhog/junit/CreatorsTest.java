package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

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

  @Test
  void eachOfManyParallelTestsAnswersForItsOwnThreads() {
    Map<String, String> failures = Run.of(PARALLEL, Parallel.class).failures();
    assertThat(failures).hasSize(8);
    failures.forEach((test, line) ->
        assertThat(line)
            .isEqualTo("leak: 1 virtual thread of CreatorsTest.Parallel.test() " + test));
  }

  @LeakCheck(within = "100ms")
  @Execution(ExecutionMode.CONCURRENT)
  static class Blocking {
    /// While it waits, JUnit's own pool starts a worker in its place, which runs other tests.
    @RepeatedTest(40)
    void test() throws Exception {
      try (ForkJoinPool pool = new ForkJoinPool(1)) {
        pool.submit(() -> new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).get();
      }
    }
  }

  @Test
  void aWorkerOfJUnitIsNoLeakWhicheverTestMadeItStart() {
    assertThat(Run.of(PARALLEL, Blocking.class).failures()).isEmpty();
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "100ms")
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
      Left.virtual(CreatorsTest::take);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // so that there are tests for all
    }
  }

  @Test
  void whatAnUncheckedTestStartsOnAWorkerThatACheckedOneMadeIsNotTheCheckedOnes() {
    assertThat(Run.of(PARALLEL, MakesWorkers.class, Unchecked.class).failures()).isEmpty();
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
    @Test
    void leaky() {
      Executors.newVirtualThreadPerTaskExecutor().submit(CreatorsTest::take);
      for (int i = 0; i < 5; i++) {
        System.gc();
      }
    }
  }

  @Test
  void aVirtualThreadThatTheCollectorTookIsCaughtToo() {
    Run run = Run.of(Collected.class);
    assertThat(run.failures()).containsOnlyKeys("leaky()");
    assertThat(run.message("leaky()"))
        .contains("of CreatorsTest.Collected.leaky()")
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
}
