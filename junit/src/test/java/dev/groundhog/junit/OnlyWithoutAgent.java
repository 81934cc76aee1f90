package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Not a test of its own: [AgentTest] runs it where nobody knows who started whom.
class OnlyWithoutAgent {
  private static final Map<String, String> PARALLEL =
      Map.of(
          "junit.jupiter.execution.parallel.enabled", "true",
          "junit.jupiter.execution.parallel.mode.classes.default", "concurrent",
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

  @LeakCheck(within = "100ms")
  @Execution(ExecutionMode.CONCURRENT)
  static class Leaky {
    @Test
    void leaky() {
      Left.virtual(OnlyWithoutAgent::take);
    }
  }

  @LeakCheck(within = "0")
  @Execution(ExecutionMode.CONCURRENT)
  static class Clean {
    @RepeatedTest(20)
    void clean() {}
  }

  @Test
  void annotatedClassesRunBesideNoOthersSoThatTheTestIsRight() {
    assertThat(Run.of(PARALLEL, Leaky.class, Clean.class).failures())
        .containsExactly(
            Map.entry("leaky()", "leak: 1 virtual thread of OnlyWithoutAgent.Leaky.leaky()"));
  }

  /// Both classes of [Together] are in a test when the thread is left.
  private static final CyclicBarrier MEETING = new CyclicBarrier(2);

  static class One {
    @Test
    void leaky() throws Exception {
      MEETING.await(10, TimeUnit.SECONDS);
      Left.virtual(One::waits);
      MEETING.await(10, TimeUnit.SECONDS);
    }

    private static void waits() {
      take();
    }
  }

  static class Two {
    @Test
    void clean() throws Exception {
      MEETING.await(10, TimeUnit.SECONDS);
      MEETING.await(10, TimeUnit.SECONDS);
    }
  }

  static class Three {
    @Test
    void leaky() throws Exception {
      MEETING.await(10, TimeUnit.SECONDS);
      Left.virtual(OnlyWithoutAgent::take);
      MEETING.await(10, TimeUnit.SECONDS);
    }
  }

  private static Map<String, String> together(Class<?> one, Class<?> two) {
    Map<String, String> checked = new TreeMap<>(PARALLEL);
    checked.put("groundhog.leak-check", "test");
    return Run.of(checked, one, two).failures();
  }

  @Test
  void ofTestsThatOverlapTheClassAnswersThatIsOnTheThreadsStack() {
    assertThat(together(One.class, Two.class))
        .containsExactly(
            Map.entry("OnlyWithoutAgent$One", "leak: 1 virtual thread of OnlyWithoutAgent.One"));
  }

  @Test
  void ofTestsThatOverlapTheLastClassAnswersIfNoneIsOnTheStackAndNamesThemAll() {
    assertThat(together(Three.class, Two.class).values())
        .hasSize(1)
        .allSatisfy(line ->
            assertThat(line).contains("OnlyWithoutAgent.Three").contains("OnlyWithoutAgent.Two"));
  }
}
