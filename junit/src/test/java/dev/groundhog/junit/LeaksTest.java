package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
            "to ignore: LeakOptions.DEFAULT.ignoring("
                + "\"function=dev.groundhog.junit.LeaksTest.await\")");
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
  void findChangesNothingAndVerifyNoneFailsEachTimeForAsLongAsTheLeakLives()
      throws InterruptedException {
    Thread thread = leak();
    assertThat(before.find(AT_ONCE).isClean()).isFalse();
    assertThat(before.find(AT_ONCE).isClean()).isFalse();
    assertThatThrownBy(() -> before.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
    assertThatThrownBy(() -> before.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
    assertThatThrownBy(() -> Leaks.verifyNone(AT_ONCE)).isInstanceOf(LeakError.class);
    assertThat(before.find(AT_ONCE).count()).isEqualTo(1);
    thread.interrupt();
    thread.join();
    assertThatCode(before::verifyNone).doesNotThrowAnyException();
  }

  @Test
  void withoutASnapshotEverybodyCountsWhoIsNotExpected() throws InterruptedException {
    assertThatCode(Leaks::verifyNone).doesNotThrowAnyException();
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

  /// Interrupts the current thread as soon as it pauses in a check.
  private static Thread interrupter() {
    Thread checked = Thread.currentThread();
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
          while (System.nanoTime() - end < 0 && !isPausing(checked)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
          }
          checked.interrupt();
        });
  }

  private static boolean isPausing(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().endsWith(".Pauses"));
  }

  @Test
  void anInterruptEndsTheWaitingButNotTheCheck() throws InterruptedException {
    leak();
    Thread interrupter = interrupter();
    long begun = System.nanoTime();
    LeakTestReport report = before.find(AT_ONCE.within(Duration.ofMinutes(1)));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    assertThat(report.toString()).contains("\"left\" #");
    interrupter.join();
  }

  @Test
  void anInterruptEndsTheWaitingOfTheCountGuardButNotItsCount() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    CountGuard guard = Leaks.countGuard(Duration.ofMinutes(1));
    Thread thread = Thread.ofPlatform().daemon().start(() -> awaited(end));
    Thread interrupter = interrupter();
    assertThatThrownBy(guard::close).isInstanceOf(AssertionError.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
    end.countDown();
    thread.join();
  }

  @Test
  void theCountGuardWaitsForThreadsThatEndInTime() throws InterruptedException {
    CountGuard guard = Leaks.countGuard(Duration.ofMinutes(1));
    Thread checked = Thread.currentThread();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!isPausing(checked)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
              }
            });
    assertThatCode(guard::close).doesNotThrowAnyException();
    thread.join();
  }

  @Test
  void theCountGuardNamesAPlatformThreadThatIsLeft() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountGuard guard = Leaks.countGuard();
    Thread thread = Thread.ofPlatform().daemon().name("left").start(() -> awaited(end));
    assertThatThrownBy(guard::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching(
            "leak: there are \\d+ platform threads, and there were \\d+ before; new are .*")
        .hasMessageContaining("\"left\" #" + thread.threadId());
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
