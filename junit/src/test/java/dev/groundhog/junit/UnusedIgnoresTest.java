package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each in a JVM of its own, whose run begins and ends.
class UnusedIgnoresTest {
  static void take() {
    try {
      new LinkedBlockingQueue<>().take();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @LeakCheck(
      within = "10s",
      ignore = {"function=UnusedIgnoresTest.take", "function=UnusedIgnoresTest.taek"})
  static class Whole {
    @Test
    void ignored() {
      Thread.startVirtualThread(UnusedIgnoresTest::take);
    }

    @Test
    @LeakCheck(ignore = "name=\"no such\"")
    void clean() {}

    @Nested
    class Inner {
      @Test
      void test() {}
    }
  }

  private static String run(Class<?>... classes) throws IOException, InterruptedException {
    return Child.run(List.of(), classes);
  }

  @Test
  void anIgnoreThatMatchedNothingInTheWholeRunIsToldOnceWithItsPlace() throws Exception {
    assertThat(run(Whole.class))
        .contains(RunMain.WITH_AGENT)
        .containsOnlyOnce("leak check: 2 ignores matched no thread in this run: remove what is")
        .contains(
            "  function=UnusedIgnoresTest.taek  (@LeakCheck of " + Whole.class.getName() + ")")
        .contains("  name=\"no such\"  (@LeakCheck of " + Whole.class.getName() + ".clean)")
        .doesNotContain("function=UnusedIgnoresTest.take ");
  }

  @LeakCheck(within = "10s", ignore = "function=UnusedIgnoresTest.take")
  static class OneIsDisabled {
    @Test
    void clean() {}

    @Test
    @Disabled("on purpose")
    void leaky() {}
  }

  @LeakCheck(within = "10s", ignore = "function=UnusedIgnoresTest.take")
  static class OneFails {
    @Test
    void clean() {}

    @Test
    void fails() {
      fail("on purpose");
    }
  }

  @Test
  void nothingIsSaidOfAClassOfWhichATestDidNotRunToItsEnd() throws Exception {
    assertThat(run(OneIsDisabled.class, OneFails.class))
        .contains("fails(): ")
        .doesNotContain("(@LeakCheck of ");
  }

  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @LeakCheck(within = "10s", ignore = "function=UnusedIgnoresTest.take")
  @interface OfOurHouse {}

  @OfOurHouse
  static class HasNone {
    @Test
    void clean() {}
  }

  @OfOurHouse
  static class HasNoneToo {
    @Test
    void clean() {}
  }

  @OfOurHouse
  static class HasOne {
    @Test
    void ignored() {
      Thread.startVirtualThread(UnusedIgnoresTest::take);
    }
  }

  @Test
  void anAnnotationOfManyClassesIsOfUseIfOneOfThemNeedsIt() throws Exception {
    assertThat(run(HasNone.class, HasNoneToo.class, HasOne.class))
        .doesNotContain("function=UnusedIgnoresTest.take");
    // One class says nothing of what others need.
    assertThat(run(HasNone.class)).doesNotContain("matched no thread");
    assertThat(run(HasNone.class, HasNoneToo.class))
        .contains("tests, though others may need them")
        .contains("  function=UnusedIgnoresTest.take  (@" + OfOurHouse.class.getName() + ")");
  }

  @OfOurHouse
  static class WithNested {
    @Test
    void clean() {}

    @Nested
    class Inner {
      @Test
      void test() {}
    }
  }

  @Test
  void aNestedClassIsAPartOfTheOneAroundIt() throws Exception {
    assertThat(run(WithNested.class)).contains("2 tests ran").doesNotContain("matched no thread");
  }

  static class InCode {
    private static final LeakOptions OPTIONS =
        LeakOptions.DEFAULT.within(Duration.ofSeconds(10)).ignoring("name=misspelt");

    @Test
    void test() {
      Leaks.snapshot().verifyNone(OPTIONS);
    }
  }

  @Test
  void ofAnIgnoreInCodeTheLineIsTold() throws Exception {
    assertThat(run(InCode.class))
        .containsPattern(
            "  name=misspelt  \\(\\S+UnusedIgnoresTest\\$InCode\\.<clinit>"
                + " \\(UnusedIgnoresTest\\.java:\\d+\\)\\)");
  }

  @Test
  void theSharedFileIsToldByItsLineAsWhatOtherTestsMayNeed(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("groundhog-leaks.suppressions"),
        "# why\nname=nobody reason=\"a library\"\n");
    String classPath = folder + ":" + System.getProperty("java.class.path");
    assertThat(Child.run(List.of("-cp", classPath), InCode.class, LeakCheckTest.class))
        .contains("  name=nobody  (groundhog-leaks.suppressions:2)");
    // Somebody has chosen some tests, and does not want to hear of the others; of these it is sure.
    List<String> chosen = List.of("-cp", classPath, "-Dtest=InCode,LeakCheckTest");
    assertThat(Child.run(chosen, InCode.class, LeakCheckTest.class))
        .contains("  name=misspelt  (")
        .doesNotContain("name=nobody");
  }

  @Test
  void itFailsTheRunOrIsNotToldAtAll() throws Exception {
    String property = "-Dgroundhog.leak-check.unused-ignores=";
    assertThat(Child.run(List.of(property + "fail"), Whole.class))
        .contains(
            "JUnit Jupiter: java.lang.AssertionError: leak check: 2 ignores matched no thread")
        .containsOnlyOnce("matched no thread")
        .doesNotContain(RunMain.WITH_AGENT);
    assertThat(Child.run(List.of(property + "off"), Whole.class))
        .contains(RunMain.WITH_AGENT)
        .doesNotContain("matched no thread");
    assertThat(Child.run(List.of(property + "on"), Whole.class))
        .contains("groundhog.leak-check.unused-ignores=on: it is warn, fail or off");
  }
}
