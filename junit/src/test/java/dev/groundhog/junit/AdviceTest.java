package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.groundhog.leak.Suppressions;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a report advises depends on who asked for the check: it can be pasted there.
class AdviceTest {
  private static final LeakOptions AT_ONCE = LeakOptions.DEFAULT.within(Duration.ZERO);
  private static final String CONDITION = "function=dev.groundhog.junit.AdviceTest.await";

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static Thread leak() {
    Thread thread = Thread.ofPlatform().daemon().start(AdviceTest::await);
    Left.open(() -> {
      thread.interrupt();
      thread.join();
    });
    return thread;
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @LeakCheck(within = "100ms")
  static class Annotated {
    @Test
    void leaky() {
      leak();
    }
  }

  static class Plain {
    @Test
    void leaky() {
      leak();
    }
  }

  private static Throwable errorOf(Run run) {
    return run.results().get("leaky()").getThrowable().orElseThrow();
  }

  @Test
  void ofAnAnnotatedTestTheLineIsForTheAnnotationAndTheErrorShowsNothingOfTheRunner() {
    Throwable error = errorOf(Run.of(Annotated.class));
    assertThat(error).hasMessageContaining("to ignore: @LeakCheck(ignore = \"" + CONDITION + "\")");
    assertThat(error.getStackTrace()).isEmpty();
  }

  @Test
  void whereThePropertyAloneAsksTheLineIsForTheSharedFileWhichRefusesItWithoutAReason() {
    Throwable error = errorOf(Run.of(Map.of("groundhog.leak-check", "test"), Plain.class));
    String before = "to ignore: in groundhog-leaks.suppressions: ";
    assertThat(error).hasMessageContaining(before + CONDITION + " reason=\"\"");
    assertThat(error.getStackTrace()).isEmpty();
    String line =
        error
            .getMessage()
            .lines()
            .filter(each -> each.contains(before))
            .findFirst()
            .map(each -> each.substring(each.indexOf(before) + before.length()))
            .orElseThrow();
    assertThatThrownBy(() -> Suppressions.read(new StringReader(line), "file"))
        .hasMessageContaining("reason");
    assertThat(read(line.replace("\"\"", "\"by design\"")).rules()).hasSize(1);
  }

  private static Suppressions read(String line) {
    try {
      return Suppressions.read(new StringReader(line), "file");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ofACallTheLineIsForItsOptionsAndTheErrorBeginsAtItsCaller() {
    LeakSnapshot before = Leaks.snapshot();
    leak();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> before.verifyNone(AT_ONCE), () -> Leaks.verifyNone(AT_ONCE))) {
      LeakError error = catchThrowableOfType(LeakError.class, call);
      assertThat(error)
          .hasMessageContaining("to ignore: LeakOptions.DEFAULT.ignoring(\"" + CONDITION + "\")");
      assertThat(error.getStackTrace()[0].getClassName()).isEqualTo(AdviceTest.class.getName());
    }
  }

  @Test
  void aCallIsNotToldOfAnAnnotation() throws InterruptedException {
    LeakSnapshot before = Leaks.snapshot();
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      pool.execute(() -> {});
      assertThat(before.find(AT_ONCE.within(Duration.ofMillis(200))).groups())
          .singleElement()
          .satisfies(group ->
              assertThat(group.cure())
                  .isEqualTo(
                      "its pool is idle and was not shut down: close() or shutdown() its"
                          + " executor"));
    }
  }

  @LeakCheck(within = "100ms")
  static class AsksItself {
    @Test
    void leaky() {
      LeakSnapshot before = Leaks.snapshot();
      leak();
      assertThatThrownBy(() -> before.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
    }
  }

  @Test
  void whatACallHasReportedFailsNoCheckOfJUnitsAgain() {
    assertThat(Run.of(AsksItself.class).failures()).isEmpty();
  }
}
