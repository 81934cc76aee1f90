package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.junit.internal.Reporting.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

class CureTest {
  private static final CallStack IDLE = stack("java.util.concurrent.ThreadPoolExecutor.getTask");

  private static CallStack stack(String function) {
    return new CallStack(List.of(new Frame(function, "", Frame.UNKNOWN_LINE)));
  }

  private static DumpThread.Builder thread(CallStack stack) {
    return DumpThread.of(ThreadKind.PLATFORM, stack);
  }

  private static String cure(DumpThread.Builder thread) {
    return Cure.of(thread.build(), Subject.OTHER);
  }

  @Test
  void theWorkersOfAnHttpClientEndWithItButNotThoseOfAnExecutorThatWasGivenToIt() {
    assertThat(cure(thread(IDLE).name("HttpClient-3-Worker-12"))).isEqualTo("close its HttpClient");
    for (String user :
        List.of(
            "jdk.internal.net.http.HttpClientImpl$DelegatingExecutor.execute",
            "sun.net.httpserver.ServerImpl$Dispatcher.handle")) {
      assertThat(cure(thread(IDLE).name("pool-1-thread-1").createdBy(stack(user))))
          .endsWith("close() or shutdown() its executor");
    }
  }

  @Test
  void aServerIsStoppedAndATimerCancelled() {
    assertThat(cure(thread(stack("sun.net.httpserver.ServerImpl$Dispatcher.run"))))
        .isEqualTo("call stop() on its HttpServer");
    assertThat(cure(thread(stack("java.util.TimerThread.run"))))
        .isEqualTo("call cancel() on its Timer");
  }

  @Test
  void onlyOneTestIsToldThatItsPoolMayServeAllTestsOfTheClass() {
    assertThat(Cure.of(thread(IDLE).build(), Subject.TEST)).endsWith("scope = CLASS");
    assertThat(cure(thread(IDLE))).doesNotContain("CLASS");
  }

  @Test
  void aMonitorIsLeftAndALockUnlocked() {
    CallStack stack = stack("acme.Server.run");
    assertThat(cure(thread(stack).state(ThreadState.BLOCKED).waits(WaitKind.MUTEX, "")))
        .contains("leave its synchronized block");
    assertThat(cure(thread(stack).state(ThreadState.WAITING).waits(WaitKind.MUTEX, "")))
        .contains("unlock it in a finally block");
  }
}
