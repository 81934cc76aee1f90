package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaksTest {
  private static final LeakOptions AT_ONCE = LeakOptions.DEFAULT.within(Duration.ZERO);

  private final LeakSnapshot before = Leaks.snapshot();

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static Thread leak() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .name("left")
            .start(() -> {
              begun.countDown();
              await();
            });
    Left.open(() -> {
      thread.interrupt();
      thread.join();
    });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    return thread;
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @Test
  void whoIsThereAtASnapshotDoesNotCountAndWhoComesLaterDoes() throws InterruptedException {
    leak();
    LeakSnapshot later = Leaks.snapshot();
    assertThatCode(later::verifyNone).doesNotThrowAnyException();
    assertThatThrownBy(() -> before.verifyNone(AT_ONCE))
        .isInstanceOf(LeakError.class)
        .hasMessageStartingWith("leak: 1 virtual thread of this JVM");
  }

  @Test
  void aReportHasEachStackOnceWithItsCountCureAndTheLineThatIgnoresIt()
      throws InterruptedException {
    leak();
    Thread last = leak();
    LeakTestReport report = before.find(AT_ONCE.within(Duration.ofMillis(100)));
    assertThat(report.count()).isEqualTo(2);
    assertThat(report.groups()).hasSize(1);
    LeakedGroup group = report.groups().getFirst();
    assertThat(group.count()).isEqualTo(2);
    assertThat(group.cure()).startsWith("count the latch down");
    assertThat(group.ignoreLine()).isEqualTo("function=dev.groundhog.junit.LeaksTest.await");
    assertThat(before.find(AT_ONCE.ignoring(group.ignoreLine())).isClean()).isTrue();
    assertThat(report.toString())
        .contains("2 virtual threads, WAITING (latch): \"left\" #")
        .contains("#" + last.threadId())
        .contains("→ dev.groundhog.junit.LeaksTest.await (LeaksTest.java:")
        .contains(
            "to ignore: @LeakCheck(ignore = \"function=dev.groundhog.junit.LeaksTest.await\")");
  }

  @Test
  void aReportIsAlsoForPrograms() throws InterruptedException, IOException {
    leak();
    StringBuilder json = new StringBuilder();
    before.find(AT_ONCE).json(json);
    assertThat(json.toString())
        .startsWith("{\"schema\":\"groundhog.report/1\",\"target\":\"this JVM\"")
        .contains("\"verdict\":\"SUSPECTED\",\"count\":1");
  }

  @Test
  void findChangesNothingAndWhatVerifyNoneReportedIsNotReportedAgain() throws InterruptedException {
    leak();
    assertThat(before.find(AT_ONCE).isClean()).isFalse();
    assertThat(before.find(AT_ONCE).isClean()).isFalse();
    assertThatThrownBy(() -> before.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
    assertThatCode(() -> before.verifyNone(AT_ONCE)).doesNotThrowAnyException();
  }

  @Test
  void withoutASnapshotEverybodyCountsWhoIsNotExpected() throws InterruptedException {
    assertThat(Leaks.find().groups()).isEmpty();
    leak();
    assertThatThrownBy(() -> Leaks.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
  }

  @Test
  void anInterruptedTestIsCheckedAndStaysInterrupted() throws InterruptedException {
    leak();
    Thread.currentThread().interrupt();
    assertThat(before.find(AT_ONCE.within(Duration.ofMillis(10))).isClean()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theCountGuardSeesAPlatformThreadThatIsLeft() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountGuard guard = Leaks.countGuard();
    Thread thread = Thread.ofPlatform().daemon().start(() -> awaited(end));
    assertThatThrownBy(guard::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("leak: there are \\d+ platform threads, and there were \\d+ before");
    end.countDown();
    thread.join();
    assertThatCode(guard::close).doesNotThrowAnyException();
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @Test
  void optionsThatCannotBeMeantAreRefused() {
    assertThatThrownBy(() -> LeakOptions.DEFAULT.within(Duration.ofDays(1)))
        .hasMessageContaining("at most an hour");
    assertThatThrownBy(() -> LeakOptions.DEFAULT.ignoring("acme.Server.run"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'acme.Server.run' is no key=value");
  }
}
