package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactory;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What stands around the tests of a class, and is not a method of it that JUnit calls before or
/// after all.
class AroundTestsTest {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static void leak() {
    Left.virtual(AroundTestsTest::await);
  }

  private static void await() {
    try {
      new LinkedBlockingQueue<>().take();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  static final class Before implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
      leak();
    }
  }

  @LeakCheck(within = "0")
  @ExtendWith(Before.class)
  static class OfBefore {
    @Test
    void test() {}
  }

  static final class After implements AfterAllCallback {
    @Override
    public void afterAll(ExtensionContext context) {
      leak();
    }
  }

  @LeakCheck(within = "0")
  @ExtendWith(After.class)
  static class OfAfter {
    @Test
    void test() {}
  }

  static final class Factory implements TestInstanceFactory {
    @Override
    public Object createTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
      leak();
      return new OfFactory();
    }
  }

  @LeakCheck(within = "0")
  @ExtendWith(Factory.class)
  @TestInstance(Lifecycle.PER_CLASS)
  static class OfFactory {
    @Test
    void test() {}
  }

  @LeakCheck(within = "0")
  static class OfSource {
    static Stream<String> numbers() {
      leak();
      return Stream.of("one", "two");
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void test(String number) {
      assertThat(number).isNotEmpty();
    }
  }

  @Test
  void whatOtherExtensionsFactoriesAndSourcesOfArgumentsStartIsTheClasss() {
    for (Class<?> type :
        new Class<?>[] {OfBefore.class, OfAfter.class, OfFactory.class, OfSource.class}) {
      String name = "AroundTestsTest$" + type.getSimpleName();
      assertThat(Run.of(type).failures())
          .containsExactly(Map.entry(name, "leak: 1 virtual thread of " + name.replace('$', '.')));
    }
  }

  static class OnlyAMethod {
    @Test
    @LeakCheck(scope = LeakScope.CLASS)
    void test() {}
  }

  @LeakCheck(within = "0")
  static class AMethodInAClass {
    @Test
    @LeakCheck(scope = LeakScope.CLASS, within = "0")
    void test() {
      leak();
    }
  }

  @Test
  void aTestThatIsToBeCheckedWithAClassThatIsNotCheckedIsRefused() {
    assertThat(Run.of(OnlyAMethod.class).failures())
        .containsExactly(
            Map.entry(
                "test()",
                "leak check: @LeakCheck(scope = CLASS) on AroundTestsTest.OnlyAMethod.test() alone is"
                    + " never checked: write it on the class, or leave the scope out"));
    assertThat(Run.of(AMethodInAClass.class).failures())
        .containsOnlyKeys("AroundTestsTest$AMethodInAClass");
  }

  private static void run(ExecutorService pool) throws Exception {
    pool.submit(() -> {}).get();
  }

  @LeakCheck(within = "0")
  static class WithPool {
    static ExecutorService pool = ForkJoinPool.commonPool();

    @BeforeAll
    static void open() {
      pool = Executors.newFixedThreadPool(2);
    }

    @Test
    void test() throws Exception {
      run(pool);
    }

    @AfterAll
    static void close() {
      pool.close();
    }
  }

  @LeakCheck(scope = LeakScope.CLASS)
  static class WithPoolOfClass extends WithPool {}

  @Test
  void aWorkerIsTheTestsThatNeedsItUnlessItsPoolIsToBeCheckedWithTheClass() {
    Run run = Run.of(WithPool.class);
    assertThat(run.failures()).containsOnlyKeys("test()");
    assertThat(run.message("test()")).contains("check it with the class: scope = CLASS");
    assertThat(Run.of(WithPoolOfClass.class).failures()).isEmpty();
  }
}
