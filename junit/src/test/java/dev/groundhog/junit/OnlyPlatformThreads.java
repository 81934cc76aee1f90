package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Not a test of its own: [AgentTest] runs it where nothing but platform threads is seen.
class OnlyPlatformThreads {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static void await() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  @LeakCheck(within = "100ms")
  static class Kinds {
    @Test
    void platform() {
      Thread thread = Thread.ofPlatform().start(OnlyPlatformThreads::await);
      Left.open(thread::interrupt);
    }

    @Test
    void virtual() {
      Left.virtual(OnlyPlatformThreads::await);
    }

    @Test
    void clean() {}
  }

  @Test
  void aPlatformThreadIsCaughtAndTheReportSaysWhatIsNotSeen() {
    Run run = Run.of(Kinds.class);
    assertThat(run.failures()).containsOnlyKeys("platform()");
    assertThat(run.message("platform()")).contains("note: virtual threads are not seen");
  }

  @Test
  void ofOneThreadTheStackIsShown() {
    assertThat(Run.of(Kinds.class).message("platform()"))
        .contains("→ dev.groundhog.junit.OnlyPlatformThreads.await");
  }

  @Test
  void theOtherTestsPass() {
    assertThat(Run.of(Kinds.class).tests()).contains("clean()", "virtual()");
  }

  @Test
  void aReportOfNoLeakSaysWhatIsNotSeenToo() {
    LeakTestReport report = Leaks.snapshot().find();
    assertThat(report.isClean()).isTrue();
    assertThat(report.notes())
        .singleElement()
        .asString()
        .startsWith("virtual threads are not seen");
    assertThat(report.toString()).startsWith("no leak\nnote: virtual threads are not seen");
  }
}
