package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sun.misc.Signal;

/// What goleak's own tests hold of goleak, held of this check; `docs/goleak.md` has the table of
/// both. Here as there nobody but the test may be at work, so that there is no snapshot.
class GoleakTest {
  private static final LeakOptions AT_ONCE = LeakOptions.DEFAULT.within(Duration.ofMillis(50));

  /// A thread that waits until it is let go, as goleak's `blockedG`.
  private static final class Blocked {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);
    private final Thread thread;

    private Blocked() {
      thread = Thread.startVirtualThread(this::run);
    }

    static Blocked start() throws InterruptedException {
      Blocked blocked = new Blocked();
      Left.open(blocked::unblock);
      assertThat(blocked.begun.await(10, TimeUnit.SECONDS)).isTrue();
      return blocked;
    }

    private void run() {
      block();
    }

    private void block() {
      begun.countDown();
      try {
        free.await();
      } catch (InterruptedException _) {
        // it ends
      }
    }

    void unblock() throws InterruptedException {
      free.countDown();
      thread.join();
    }
  }

  @BeforeEach
  void nobodyElseIsThere() {
    assertThat(Leaks.find().groups()).isEmpty();
  }

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  @Test
  void findFindsALeakedThreadUntilItIsUnblocked() throws InterruptedException {
    Blocked blocked = Blocked.start();
    LeakTestReport report = Leaks.find(AT_ONCE);
    assertThat(report.toString()).contains("GoleakTest$Blocked.block");
    blocked.unblock();
    assertThat(Leaks.find().isClean()).isTrue();
  }

  @Test
  void findLooksAgainWhileAThreadEnds() throws InterruptedException {
    Blocked blocked = Blocked.start();
    assertThat(Leaks.find(AT_ONCE).isClean()).isFalse();
    Thread.ofVirtual()
        .start(() -> {
          try {
            Thread.sleep(20);
            blocked.unblock();
          } catch (InterruptedException _) {
            // it ends
          }
        });
    assertThat(Leaks.find(AT_ONCE.within(Duration.ofSeconds(10))).isClean()).isTrue();
  }

  @Test
  void retriesEndWithTheirTime() throws InterruptedException {
    Blocked.start();
    long began = System.nanoTime();
    assertThat(Leaks.find(AT_ONCE.within(Duration.ofMillis(300))).isClean()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(290), Duration.ofSeconds(10));
  }

  @Test
  void verifyNoneFailsOnALeakAndNotBefore() throws InterruptedException {
    assertThatCode(Leaks::verifyNone).doesNotThrowAnyException();
    Blocked.start();
    assertThatThrownBy(() -> Leaks.verifyNone(AT_ONCE)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aSnapshotExpectsWhoIsThere() throws InterruptedException {
    Blocked blocked = Blocked.start();
    assertThatCode(Leaks.snapshot()::verifyNone).doesNotThrowAnyException();
    blocked.unblock();
    assertThatCode(Leaks::verifyNone).doesNotThrowAnyException();
  }

  @Test
  void aSnapshotDoesNotExpectWhoComesLater() throws InterruptedException {
    Blocked.start();
    LeakSnapshot snapshot = Leaks.snapshot();
    assertThat(snapshot.find(AT_ONCE).isClean()).isTrue();
    Blocked.start();
    assertThat(snapshot.find(AT_ONCE).count()).isEqualTo(1);
  }

  /// Go gives the number of a goroutine that has ended to nobody; nor does the JVM.
  @Test
  void aSnapshotDoesNotExpectWhoComesInThePlaceOfOneThatEnded() throws InterruptedException {
    List<Blocked> before = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      before.add(Blocked.start());
    }
    LeakSnapshot snapshot = Leaks.snapshot();
    for (Blocked each : before) {
      each.unblock();
    }
    for (int i = 0; i < 5; i++) {
      Blocked later = Blocked.start();
      assertThat(snapshot.find(AT_ONCE).isClean()).isFalse();
      later.unblock();
      assertThatCode(Leaks::verifyNone).doesNotThrowAnyException();
    }
  }

  @Test
  void aFunctionAtTheTopIsIgnored() throws InterruptedException {
    Blocked.start();
    assertThat(Leaks.find(AT_ONCE.ignoring("top=GoleakTest$Blocked.block")).isClean()).isTrue();
    assertThat(Leaks.find(AT_ONCE.ignoring("top=GoleakTest$Blocked.run")).isClean())
        .as("one that is further out")
        .isFalse();
  }

  @Test
  void anyFunctionOnTheStackIsIgnoredAndTheCreatorIsNotOnIt() throws InterruptedException {
    Blocked.start();
    assertThat(Leaks.find(AT_ONCE.ignoring("function=GoleakTest$Blocked.run")).isClean()).isTrue();
    assertThat(Leaks.find(AT_ONCE.ignoring("function=GoleakTest$Blocked.start")).isClean())
        .isFalse();
  }

  @Test
  void anUnknownOptionIsRefused() {
    assertThatThrownBy(() -> AT_ONCE.ignoring("cleanup=exit"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no key");
  }

  @Test
  void handlersOfSignalsAreNoLeak() {
    Signal signal = new Signal("USR2");
    var before = Signal.handle(signal, _ -> {});
    assertThat(Leaks.find().isClean()).isTrue();
    Signal.handle(signal, before);
    assertThat(Leaks.find().isClean()).isTrue();
  }

  /// For the test of the whole run: goleak's `VerifyTestMain`.
  static final class Leaky {
    @Test
    void test() throws InterruptedException {
      Blocked.start();
    }
  }

  /// Leaks, and fails for another reason.
  static final class Failing {
    @Test
    void test() throws InterruptedException {
      Blocked.start();
      throw new IllegalStateException("another reason");
    }
  }

  /// Leaves nothing.
  static final class Clean {
    @Test
    void test() throws InterruptedException {
      Blocked.start().unblock();
    }
  }

  @Test
  void theWholeRunFailsOnALeakUnlessItsTestFailedAnyway() throws Exception {
    Map<String, String> run = Map.of("groundhog.leak-check", "run");
    assertThat(Run.of(run, Clean.class).failures()).isEmpty();
    assertThat(Run.of(run, Leaky.class).failures().values())
        .singleElement()
        .asString()
        .startsWith("leak: 1 virtual thread");
    Left.close();
    assertThat(Run.of(run, Failing.class).failures().values()).containsExactly("another reason");
  }
}
