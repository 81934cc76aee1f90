package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A report of several tests names each of them, and says which threads are whose.
class OwnersTest {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static void leave(Runnable body) {
    Thread thread = Thread.ofPlatform().daemon().start(body);
    Left.open(() -> {
      thread.interrupt();
      thread.join();
    });
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  private static void park() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  static class First {
    @Test
    void awaits() {
      leave(OwnersTest::await);
    }

    @Test
    void parks() {
      leave(OwnersTest::park);
    }
  }

  static class Second {
    @Test
    void parksToo() {
      leave(OwnersTest::park);
    }
  }

  private static String report(String scope, String failed, Class<?>... classes) {
    return Run.of(Map.of("groundhog.leak-check", scope), classes).message(failed);
  }

  private static String group(String report, String function) {
    return report
        .transform(text -> Arrays.stream(text.split("\n\n")))
        .filter(group -> group.contains("→ dev.groundhog.junit.OwnersTest." + function))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void atTheEndOfARunEachTestIsNamedAndEachGroupHasItsOwn() {
    String report = report("run", "JUnit Jupiter", First.class, Second.class);
    assertThat(report.lines().findFirst().orElseThrow())
        .startsWith("leak: 3 platform threads of OwnersTest.")
        .contains(
            "OwnersTest.First.awaits()", "OwnersTest.First.parks()", "OwnersTest.Second.parksToo()")
        .doesNotContain("no known test");
    assertThat(group(report, "await")).contains("\n    left by OwnersTest.First.awaits()\n");
    assertThat(group(report, "park"))
        .contains("left by ", "OwnersTest.First.parks()", "OwnersTest.Second.parksToo()")
        .doesNotContain("awaits()");
  }

  @Test
  void ofThreadsThatCarryNoTagTheTestClassIsNamedWhoseCodeTheyComeFrom() {
    leave(OwnersTest::await);
    String report = report("run", "JUnit Jupiter", Second.class);
    assertThat(report.lines().findFirst().orElseThrow())
        .startsWith("leak: 2 platform threads of OwnersTest")
        .contains(", ", "OwnersTest.Second.parksToo()")
        .doesNotContain("no known test");
    assertThat(group(report, "await")).contains("\n    left by OwnersTest\n");
    assertThat(group(report, "park")).contains("\n    left by OwnersTest.Second.parksToo()\n");
  }

  /// Leaves a pool's worker that another pool has started, without a frame of anybody's.
  private static void leaveNobodys() {
    ExecutorService left = Executors.newSingleThreadExecutor();
    Left.open(left::close);
    try (ExecutorService first = Executors.newSingleThreadExecutor()) {
      CountDownLatch gate = new CountDownLatch(1);
      CompletableFuture<Void> done =
          CompletableFuture.runAsync(() -> awaitGate(gate), first).thenRunAsync(() -> {}, left);
      gate.countDown();
      done.join();
    }
  }

  private static void awaitGate(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ofThreadsThatNobodyIsKnownForItIsSaid() {
    leaveNobodys();
    String report = report("run", "JUnit Jupiter", Second.class);
    assertThat(report)
        .startsWith(
            "leak: 2 platform threads of OwnersTest.Second.parksToo() and of no known test\n")
        .contains("\n    left by no known test\n");
    assertThat(group(report, "park")).contains("\n    left by OwnersTest.Second.parksToo()\n");
  }

  @Test
  void theSameAtTheEndOfAClass() {
    String report = report("class", "OwnersTest$First", First.class);
    assertThat(report.lines().findFirst().orElseThrow())
        .startsWith("leak: 2 platform threads of OwnersTest.First.")
        .contains("awaits()", "parks()");
    assertThat(group(report, "await")).contains("\n    left by OwnersTest.First.awaits()\n");
    assertThat(group(report, "park")).contains("\n    left by OwnersTest.First.parks()\n");
  }

  @Test
  void ofOneTestItIsSaidOnce() {
    assertThat(report("run", "JUnit Jupiter", Second.class)).doesNotContain("left by");
  }
}
