package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
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

  @Test
  void whoHidesItsPoolOrTimerHasToBeClosedItself() {
    assertThat(Cure.of(thread(IDLE).build(), Asker.ANNOTATION)).contains("shutdown() its executor");
    assertThat(
            Cure.of(
                thread(IDLE)
                    .createdBy(
                        stack("jdk.internal.net.http.HttpClientImpl$DelegatingExecutor.execute"))
                    .build(),
                Asker.ANNOTATION))
        .isEqualTo("close its HttpClient");
    assertThat(
            Cure.of(
                thread(stack("java.util.TimerThread.run"))
                    .createdBy(stack("sun.net.httpserver.ServerImpl.<init>"))
                    .build(),
                Asker.ANNOTATION))
        .isEqualTo("call stop() on its HttpServer");
  }

  @Test
  void aMonitorIsLeftAndALockUnlocked() {
    CallStack stack = stack("acme.Server.run");
    assertThat(
            Cure.of(
                thread(stack).state(ThreadState.BLOCKED).waits(WaitKind.MUTEX, "").build(),
                Asker.ANNOTATION))
        .contains("leave its synchronized block");
    assertThat(
            Cure.of(
                thread(stack).state(ThreadState.WAITING).waits(WaitKind.MUTEX, "").build(),
                Asker.ANNOTATION))
        .contains("unlock it in a finally block");
  }
}
