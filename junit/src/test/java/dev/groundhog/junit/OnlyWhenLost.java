package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.junit.internal.FakeAgent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Not a test of its own: [AgentTest] runs it with an agent that stops to know who starts threads,
/// and begins to know it again.
class OnlyWhenLost {
  private static final String BY_TIME = "started while this test ran; by whom is not known";
  private static final String REASON = "(another agent took the calls out)";

  private static final FakeAgent AGENT = FakeAgent.standsInFront();

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    AGENT.lost(false);
    AGENT.dumb(false);
    Left.close();
  }

  private static void leak() {
    Thread thread = Thread.ofPlatform().daemon().start(OnlyWhenLost::await);
    Left.open(thread::interrupt);
  }

  private static void await() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  @LeakCheck(within = "100ms")
  static class Leaky {
    @Test
    void clean() {}

    @Test
    void leaky() {
      leak();
    }
  }

  @Test
  void aTestThatBeginsWhileNothingIsKnownGoesByTimeAndTheNextOneByItsTagAgain() {
    AGENT.lost(true);
    Run lost = Run.of(Leaky.class);
    assertThat(lost.failures())
        .containsExactly(
            Map.entry("leaky()", "leak: 1 platform thread of OnlyWhenLost.Leaky.leaky()"));
    assertThat(lost.message("leaky()")).contains(BY_TIME).contains(REASON);
    AGENT.lost(false);
    Run known = Run.of(Leaky.class);
    assertThat(known.failures()).containsOnlyKeys("leaky()");
    assertThat(known.message("leaky()")).doesNotContain("note:");
  }

  @LeakCheck(within = "100ms")
  static class Loses {
    @Test
    void leaky() {
      AGENT.lost(true);
      leak();
    }
  }

  @Test
  void aTestThatBeganBeforeTheLossGoesByTimeToo() {
    Run run = Run.of(Loses.class);
    assertThat(run.failures()).containsOnlyKeys("leaky()");
    assertThat(run.message("leaky()")).contains(BY_TIME).contains(REASON);
  }

  @LeakCheck(within = "100ms")
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class LosesAndRecovers {
    @Test
    void first() {
      AGENT.lost(true);
      leak();
      AGENT.lost(false);
    }

    @Test
    void second() {
      leak();
    }
  }

  @Test
  void theTestBehindALossGoesByItsTagThoughThatOfItsClassIsLost() {
    Run run = Run.of(LosesAndRecovers.class);
    assertThat(run.failures()).containsOnlyKeys("first()", "second()");
    assertThat(run.message("first()")).contains(BY_TIME).contains(REASON);
    assertThat(run.message("second()")).doesNotContain("note:");
  }

  @LeakCheck(within = "100ms", scope = LeakScope.CLASS)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class LosesBetween {
    @Test
    void first() {
      AGENT.lost(true);
      leak();
    }

    @Test
    void second() {
      AGENT.lost(false);
    }
  }

  @Test
  void aClassThatBeganBeforeTheLossGoesByTimeThoughAllIsKnownAtItsEnd() {
    Run run = Run.of(LosesBetween.class);
    assertThat(run.failures()).containsOnlyKeys("OnlyWhenLost$LosesBetween");
    assertThat(run.message("OnlyWhenLost$LosesBetween"))
        .contains("started while this class ran; by which test is not known")
        .contains(REASON);
  }

  static class Plain {
    @Test
    void lossy() {
      AGENT.lost(true);
      leak();
    }
  }

  @Test
  void theCheckOfTheRunSaysSoToo() {
    Run run = Run.of(Map.of("groundhog.leak-check", "run"), Plain.class);
    assertThat(run.failures()).containsOnlyKeys("JUnit Jupiter");
    assertThat(run.message("JUnit Jupiter")).contains("OnlyWhenLost.Plain").contains(REASON);
  }

  @Test
  void aReportOfNoLeakSaysThatTheCheckFailed() {
    AGENT.dumb(true);
    LeakTestReport report = Leaks.snapshot().find(LeakOptions.DEFAULT.within(Duration.ZERO));
    assertThat(report.isClean()).as("nobody made a thread: nobody looked").isTrue();
    LeakSnapshot before = Leaks.snapshot();
    leak();
    LeakTestReport failed = before.find();
    assertThat(failed.isClean()).isTrue();
    assertThat(failed.toString())
        .startsWith("no leak\nnote: the check for leaked threads failed, and says nothing: ")
        .contains("Groundhog's agent makes no dump: nothing has changed");
  }

  @LeakCheck
  static class One {
    @RepeatedTest(1)
    void clean() {}
  }

  @LeakCheck
  static class Eleven {
    @RepeatedTest(11)
    void clean() {}
  }

  private static int calls(Class<?> type) {
    int before = AGENT.calls();
    assertThat(Run.of(type).failures()).isEmpty();
    return AGENT.calls() - before;
  }

  @Test
  void aCleanTestCostsFourCalls() {
    calls(One.class); // the first one meets the agent
    assertThat(calls(Eleven.class) - calls(One.class)).isEqualTo(10 * 4);
  }
}
