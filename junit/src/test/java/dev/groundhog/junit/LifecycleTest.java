package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/// Where a thread may be started and ended in the life of a test, and whose it then is.
class LifecycleTest {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static Thread leak() {
    return Left.virtual(LifecycleTest::await);
  }

  private static void await() {
    try {
      new LinkedBlockingQueue<>().take();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  private static void end(Thread thread) throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  /// Opens a thread before each test, and closes it with the test's store.
  static final class Resource implements BeforeEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
      Thread thread = leak();
      AutoCloseable closes = () -> end(thread);
      context.getStore(Namespace.create(Resource.class)).put("thread", closes);
    }
  }

  @LeakCheck(within = "0")
  @ExtendWith(Resource.class)
  static class ClosedLate {
    private final Thread ofInstance = leak();
    private Thread ofBefore = ofInstance;

    @BeforeEach
    void open() {
      ofBefore = leak();
    }

    @Test
    void test() {
      assertThat(ofBefore.isAlive()).isTrue();
    }

    @AfterEach
    void close() throws InterruptedException {
      end(ofBefore);
      end(ofInstance);
    }
  }

  @Test
  void whatAfterEachOrAnotherExtensionClosesIsNoLeak() {
    assertThat(Run.of(ClosedLate.class).failures()).isEmpty();
  }

  @LeakCheck(within = "0")
  static class OfInstance {
    private final Thread thread = leak();

    @Test
    void test() {
      assertThat(thread.isAlive()).isTrue();
    }
  }

  @LeakCheck(within = "0")
  static class OfAfterEach {
    @Test
    void test() {}

    @AfterEach
    void close() {
      leak();
    }
  }

  @Test
  void theConstructorAndAfterEachBelongToTheTest() {
    assertThat(Run.of(OfInstance.class).failures())
        .containsValue("leak: 1 virtual thread of LifecycleTest.OfInstance.test()");
    assertThat(Run.of(OfAfterEach.class).failures())
        .containsValue("leak: 1 virtual thread of LifecycleTest.OfAfterEach.test()");
  }

  @LeakCheck(within = "0")
  static class OfBeforeAll {
    @BeforeAll
    static void open() {
      leak();
    }

    @Test
    void test() {}
  }

  @LeakCheck(within = "0")
  static class OfAfterAll {
    @Test
    void test() {}

    @AfterAll
    static void close() {
      leak();
    }
  }

  @LeakCheck(within = "0")
  @TestInstance(Lifecycle.PER_CLASS)
  static class PerClass {
    private final Thread thread = leak();

    @Test
    void clean() {
      assertThat(thread.isAlive()).isTrue();
    }
  }

  @Test
  void whatStandsAroundTheTestsIsCheckedAtTheEndOfTheClass() {
    for (Class<?> type : new Class<?>[] {OfBeforeAll.class, OfAfterAll.class, PerClass.class}) {
      String name = "LifecycleTest$" + type.getSimpleName();
      assertThat(Run.of(type).failures())
          .containsExactly(Map.entry(name, "leak: 1 virtual thread of " + name.replace('$', '.')));
    }
  }

  @LeakCheck(within = "0")
  static class AllClosed {
    private static Thread thread = Thread.ofVirtual().unstarted(LifecycleTest::await);

    @BeforeAll
    static void open() {
      thread = leak();
    }

    @Test
    void test() {
      assertThat(thread.isAlive()).isTrue();
    }

    @AfterAll
    static void close() throws InterruptedException {
      end(thread);
    }
  }

  @Test
  void whatAfterAllClosesIsNoLeak() {
    assertThat(Run.of(AllClosed.class).failures()).isEmpty();
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "0")
  @TestInstance(Lifecycle.PER_CLASS)
  static class WholeClass {
    private final LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();

    @Test
    void opens() {
      threads.add(leak());
    }

    @Test
    void opensToo() {
      threads.add(leak());
    }

    @AfterAll
    void close() throws InterruptedException {
      for (Thread thread : threads) {
        end(thread);
      }
    }
  }

  @LeakCheck(scope = LeakScope.CLASS, within = "0")
  static class WholeClassLeaks {
    @Test
    void test() {
      leak();
    }

    @Test
    void failed() {
      leak();
      fail("on purpose");
    }
  }

  @Test
  void threadsOfAWholeClassMayLiveUntilItsEndAndThoseOfFailedTestsDoNotCount() {
    assertThat(Run.of(WholeClass.class).failures()).isEmpty();
    Map<String, String> failures = Run.of(WholeClassLeaks.class).failures();
    assertThat(failures).containsOnlyKeys("failed()", "LifecycleTest$WholeClassLeaks");
    assertThat(failures.get("LifecycleTest$WholeClassLeaks"))
        .startsWith("leak: 1 virtual thread of LifecycleTest.WholeClassLeaks");
  }

  @LeakCheck(within = "0")
  static class Outer {
    @Test
    void clean() {}

    @Nested
    class Inner {
      @Test
      void leaky() {
        leak();
      }
    }

    @Nested
    @LeakCheck(within = "10s", ignore = "function=LifecycleTest.await") // it may not be there yet
    class Lenient {
      @Test
      void ignored() {
        leak();
      }
    }
  }

  @Test
  void nestedClassesAreCheckedAsTheClassAroundThemOrAsTheySay() {
    assertThat(Run.of(Outer.class).failures())
        .containsExactly(
            Map.entry("leaky()", "leak: 1 virtual thread of LifecycleTest.Outer.Inner.leaky()"));
  }

  @LeakCheck(within = "0")
  static class Many {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void parameterised(int number) {
      if (number == 2) {
        leak();
      }
    }

    @RepeatedTest(3)
    void repeated(RepetitionInfo repetition) {
      if (repetition.getCurrentRepetition() == 3) {
        leak();
      }
    }

    @TestFactory
    Stream<DynamicTest> dynamic() {
      return Stream.of(dynamicTest("one", () -> {}), dynamicTest("two", LifecycleTest::leak));
    }
  }

  @Test
  void eachInvocationOfATestIsCheckedAndDynamicTestsTogetherByTheirNames() {
    assertThat(Run.of(Many.class).failures().values())
        .containsExactlyInAnyOrder(
            "leak: 1 virtual thread of LifecycleTest.Many.parameterised() [2] number = 2",
            "leak: 1 virtual thread of LifecycleTest.Many.repeated() repetition 3 of 3",
            "leak: 1 virtual thread of LifecycleTest.Many.dynamic() two");
  }

  @LeakCheck(within = "0")
  static class Unfinished {
    @Test
    void failed() {
      leak();
      fail("on purpose");
    }

    @Test
    void aborted() {
      leak();
      abort("on purpose");
    }

    @Test
    @Disabled("on purpose")
    void disabled() {
      leak();
    }

    @Test
    void clean() {}
  }

  @LeakCheck(within = "0", whenFailed = true)
  static class CheckedToo {
    @Test
    void failed() {
      leak();
      fail("on purpose");
    }
  }

  @Test
  void aTestThatFailedOrWasAbortedStandsAsItWasUnlessItIsToBeCheckedToo() {
    Run run = Run.of(Unfinished.class);
    assertThat(run.failures()).containsExactly(Map.entry("failed()", "on purpose"));
    assertThat(run.status("aborted()")).isEqualTo(Status.ABORTED);
    Throwable error =
        Run.of(CheckedToo.class).results().get("failed()").getThrowable().orElseThrow();
    assertThat(error).hasMessage("on purpose");
    assertThat(error.getSuppressed()[0])
        .hasMessageStartingWith("leak: 1 virtual thread of LifecycleTest.CheckedToo.failed()");
  }

  @LeakCheck(within = "200ms")
  static class OtherThreads {
    @Test
    void preemptive() {
      assertTimeoutPreemptively(Duration.ofSeconds(10), LifecycleTest::leak);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void separate() {
      leak();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    void watched() {}
  }

  @Test
  void aTestBodyOnAnotherThreadIsTheTestsAndJUnitsOwnThreadsAreNot() {
    assertThat(Run.of(OtherThreads.class).failures())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "preemptive()", "leak: 1 virtual thread of LifecycleTest.OtherThreads.preemptive()",
                "separate()", "leak: 1 virtual thread of LifecycleTest.OtherThreads.separate()"));
  }

  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @LeakCheck(within = "0")
  @interface OfOurHouse {}

  @OfOurHouse
  static class Composed {
    @Test
    void leaky() {
      leak();
    }
  }

  static class OnMethod {
    @Test
    @LeakCheck(within = "0")
    void checked() {
      leak();
    }

    @Test
    void unchecked() {
      leak();
    }
  }

  static class Inherits extends OfInstance {}

  @Test
  void theAnnotationMayStandOnAMethodOrOnAnotherAnnotationAndIsInherited() {
    assertThat(Run.of(Composed.class).failures()).containsOnlyKeys("leaky()");
    assertThat(Run.of(OnMethod.class).failures()).containsOnlyKeys("checked()");
    assertThat(Run.of(Inherits.class).failures()).containsOnlyKeys("test()");
  }

  @LeakCheck(within = "0", onLeak = OnLeak.WARN)
  static class Warned {
    @Test
    void leaky() {
      leak();
    }
  }

  @Test
  void aWarningFailsNothing() {
    assertThat(Run.of(Warned.class).failures()).isEmpty();
  }

  @LeakCheck(within = "0", onLeak = OnLeak.FAIL_AND_INTERRUPT)
  static class Interrupted {
    static Thread platform = Thread.ofPlatform().unstarted(LifecycleTest::await);

    @BeforeEach
    void make() {
      platform = Thread.ofPlatform().daemon().unstarted(LifecycleTest::await);
    }

    @Test
    void leaky() {
      platform.start();
    }
  }

  @Test
  void aLeakedThreadCanBeInterrupted() {
    Run run = Run.of(Interrupted.class);
    assertThat(run.message("leaky()")).contains("note: all were interrupted, and have ended");
    assertThat(Interrupted.platform.isAlive()).isFalse();
  }

  @LeakCheck(within = "soon")
  static class Misspelt {
    @Test
    void test() {}
  }

  @LeakCheck(ignore = "funtcion=acme.Server.run")
  static class WrongKey {
    @Test
    void test() {}
  }

  @Test
  void whatIsMisspeltInTheAnnotationFailsTheClassAndSaysWhatToWrite() {
    assertThat(Run.of(Misspelt.class).failures())
        .containsValue(
            "leak check: 'soon' is no duration: write a number and its unit, 500ms, 10s, 1m or 2h");
    assertThat(Run.of(WrongKey.class).failures().get("LifecycleTest$WrongKey"))
        .contains("'funtcion' is no key; the keys are signature,");
  }

  @LeakCheck(within = "10s")
  static class EndsSoon {
    @Test
    void test() {
      Thread.startVirtualThread(() -> {
        for (int i = 0; i < 100; i++) {
          Thread.yield();
        }
      });
    }
  }

  @Test
  void aThreadThatEndsInTimeIsNoLeak() {
    assertThat(Run.of(EndsSoon.class).failures()).isEmpty();
  }

  @LeakCheck(within = "0")
  static class AfterALeak {
    @Test
    void next() {}
  }

  @Test
  void aLeakFailsOneTestAndNoneThatFollows() {
    Run run = Run.of(OfInstance.class, AfterALeak.class);
    assertThat(run.failures()).containsOnlyKeys("test()");
  }

  static class Plain {
    @Test
    void leaky() {
      leak();
    }

    @Test
    void clean() {}
  }

  @Test
  void onePropertyChecksAllTestsWithoutAnAnnotation() {
    assertThat(Run.of(Plain.class).failures()).isEmpty();
    assertThat(Run.of(Map.of("groundhog.leak-check", "test"), Plain.class).failures())
        .containsOnlyKeys("leaky()");
    assertThat(Run.of(Map.of("groundhog.leak-check", "class"), Plain.class).failures())
        .containsOnlyKeys("LifecycleTest$Plain");
    assertThat(Run.of(Map.of("groundhog.leak-check", "run"), Plain.class).failures())
        .containsOnlyKeys("JUnit Jupiter");
    assertThat(Run.of(Map.of("groundhog.leak-check", "always"), Plain.class).failures())
        .containsValue("leak check: groundhog.leak-check=always: it is test, class or run");
    Map<String, String> misspelt =
        Map.of("groundhog.leak-check", "test", "groundhog.leak-check.without-agent", "lod");
    assertThat(Run.of(misspelt, Plain.class).failures())
        .containsValue(
            "leak check: groundhog.leak-check.without-agent=lod: it is load, jdk or platform");
  }

  static class OnlyClean {
    @Test
    void test() {}
  }

  @Test
  void aMalformedSharedFileFailsTheClassAndNoTest(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("groundhog-leaks.suppressions"), "function=acme.Server.run\n");
    List<String> flags =
        List.of(
            "-Dgroundhog.leak-check=test",
            "-cp",
            folder + File.pathSeparator + System.getProperty("java.class.path"));
    assertThat(Child.run(flags, OnlyClean.class))
        .contains("leak check: groundhog-leaks.suppressions:1: say why with reason=")
        .contains("0 tests ran");
  }
}
