package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final LeakRules RULES = new LeakRules(Duration.ofMillis(200), 1_000);

  @Test
  void theFirstWhoAsksIsToldHowLongThreadsAreAtTheirStacks() throws InterruptedException {
    try (Parked _ = Parked.start(30, 0, 2);
        Watch watch = new Watch(ThisJvm.open(), Duration.ofMillis(50))) {
      long began = System.nanoTime();
      watch.start();
      List<DumpThread> parked = parkedFor(watch, Duration.ofMillis(300));
      Duration most = Duration.ofNanos(System.nanoTime() - began);
      assertThat(parked)
          .hasSize(32)
          .allSatisfy(thread ->
              assertThat(thread.waiting().orElseThrow()).isBetween(Duration.ofMillis(300), most));
      Finding finding = parked(watch.report("", RULES)).getFirst();
      assertThat(finding.verdict()).contains(Verdict.SUSPECTED);
      assertThat(finding.atLeast().orElseThrow()).isGreaterThan(Duration.ofMillis(200));
    }
  }

  /// The parked threads, as soon as all are told to have waited for as long.
  private static List<DumpThread> parkedFor(Watch watch, Duration time)
      throws InterruptedException {
    List<DumpThread> parked = new ArrayList<>();
    for (int attempt = 0; attempt < 400 && !haveWaited(parked, time); attempt++) {
      Thread.sleep(50);
      parked.clear();
      watch
          .dump()
          .forEach(thread -> {
            if (isParked(thread)) {
              parked.add(thread);
            }
          });
    }
    return parked;
  }

  private static boolean haveWaited(List<DumpThread> threads, Duration time) {
    return !threads.isEmpty()
        && threads.stream()
            .allMatch(t -> t.waiting().filter(told -> told.compareTo(time) >= 0).isPresent());
  }

  @Test
  void doesNotLookWhileAProofIsMade() throws Exception {
    boolean[] waits = {false};
    Prover prover =
        _ -> {
          waits[0] = looksAreBlocked();
          return Proof.ofOrdinary(Map.of());
        };
    ThisJvm jvm = ThisJvm.open(() -> new Class<?>[0], BirthSource.NONE, prover);
    try (Watch watch = new Watch(jvm, Duration.ofMillis(1))) {
      watch.start();
      watch.prove(Duration.ZERO);
      assertThat(waits[0]).isTrue();
    }
  }

  private static boolean looksAreBlocked() {
    for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        System.nanoTime() < end; ) {
      if (Thread.getAllStackTraces().keySet().stream()
          .anyMatch(thread ->
              thread.getName().equals("groundhog-looks")
                  && thread.getState() == Thread.State.BLOCKED)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void withoutALookNothingIsSaidOfTime() throws InterruptedException {
    try (Parked _ = Parked.start(3, 0, 0);
        Watch watch = new Watch(ThisJvm.open())) {
      watch.dump().forEach(thread -> assertThat(thread.waiting()).isEqualTo(Optional.empty()));
      assertThat(parked(watch.report("", RULES)))
          .allSatisfy(finding -> assertThat(finding.verdict()).isEmpty());
    }
  }

  @Test
  void aGroupThatGrewIsToldFromWhatToWhat() throws InterruptedException {
    try (Watch watch = new Watch(ThisJvm.open());
        Parked _ = Parked.start(5, 0, 0)) {
      watch.report("", RULES);
      try (Parked _ = Parked.start(7, 0, 0)) {
        LeakReport report = watch.report("", RULES);
        String signature = parked(report).getFirst().group().signature();
        assertThat(report.history().get(signature))
            .extracting(point -> point.count())
            .containsExactly(5L, 12L);
      }
    }
  }

  @Test
  void aClosedWatchLeavesNoThread() throws InterruptedException {
    Watch watch = new Watch(ThisJvm.open(), Duration.ofMillis(10));
    watch.start();
    watch.start();
    Thread.sleep(100);
    watch.close();
    for (int attempt = 0; attempt < 100 && looking() > 0; attempt++) {
      Thread.sleep(20);
    }
    assertThat(looking()).isZero();
  }

  private static long looking() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("groundhog-looks"))
        .count();
  }

  private static List<Finding> parked(LeakReport report) {
    return report.findings().stream()
        .filter(finding -> isParked(finding.group().sample()))
        .toList();
  }

  private static boolean isParked(DumpThread thread) {
    return thread.stack().frames().stream()
        .anyMatch(frame -> frame.function().equals("dev.groundhog.endpoint.Parked.park"));
  }
}
