package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.WaitKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `corpus/go/src/zoo` planted, beyond the truth that every format must tell.
class ZooTest {
  @Test
  void aDumpWithWindowsEndsOfLineIsTheSame() {
    assertThat(Dumps.rows(Dumps.corpus("derived-zoo-aged-debug2-crlf.txt.gz")))
        .isEqualTo(Dumps.rows(Dumps.corpus("zoo-aged-debug2.txt.gz")));
  }

  @Test
  void theAgedDumpTellsHowLongAndWhoIsLocked() {
    List<DumpThread> rows = Dumps.rows(Dumps.corpus("zoo-aged-debug2.txt.gz"));
    assertThat(rows)
        .filteredOn(row -> isIn(row, "main.blockedReceive"))
        .allSatisfy(row -> assertThat(row.waiting()).contains(Duration.ofMinutes(1)))
        .allSatisfy(row ->
            assertThat(row.createdBy().frames().getFirst().function()).isEqualTo("main.main"))
        .extracting(row -> row.stack())
        .containsOnly(
            rows.stream()
                .filter(r -> isIn(r, "main.blockedReceive"))
                .findFirst()
                .orElseThrow()
                .stack());
    assertThat(rows)
        .filteredOn(DumpThread::lockedToThread)
        .hasSize(2)
        .allMatch(row -> isIn(row, "main.onLockedThread"));
  }

  @Test
  void theGapOfADeepStackIsKept() {
    DumpThread deep =
        Dumps.rows(Dumps.corpus("zoo-sigquit-all.txt.gz")).stream()
            .filter(row -> isIn(row, "main.deep"))
            .findFirst()
            .orElseThrow();
    assertThat(deep.stack().frames()).hasSize(100);
    assertThat(deep.stack().elidedAfter()).isEqualTo(100);
    assertThat(deep.stack().elided()).isEqualTo(-1);
  }

  @Test
  void aTruncatedDumpGivesEveryCompleteGoroutineAndAWarning() {
    String file = "derived-zoo-aged-debug2-truncated.txt.gz";
    List<DumpThread> whole = Dumps.rows(Dumps.corpus("zoo-aged-debug2.txt.gz"));
    String text = new String(Dumps.bytes(file), StandardCharsets.UTF_8);
    int complete = text.split("\n\n", -1).length - 1;
    Dump dump = Dumps.corpus(file);
    assertThat(Dumps.rows(dump)).isEqualTo(whole.subList(0, complete));
    assertThat(dump.warnings()).hasSize(1);
    assertThat(dump.warnings().getFirst().line()).isEqualTo(text.lines().count());
    assertThat(dump.warnings().getFirst().text()).contains("goroutine 141");
  }

  @Test
  void aSigquitShowsTheRuntimesOwnGoroutines() {
    List<DumpThread> rows = Dumps.rows(Dumps.corpus("zoo-sigquit-system.txt.gz"));
    assertThat(rows)
        .filteredOn(
            row -> row.waitReason().startsWith("GC ") || row.waitReason().equals("finalizer wait"))
        .isNotEmpty()
        .allMatch(row -> row.waitKind() == WaitKind.RUNTIME);
  }

  @Test
  void theDifferenceOfTwoProfilesHasOnlyWhatWasAdded() {
    Dump dump = Dumps.corpus("zoo-goroutine-delta2s.pb.gz");
    assertThat(Dumps.rows(dump)).allMatch(row -> row.count() > 0);
  }

  @Test
  void aProfileOfThreadsCreatedTellsWhereTheyWereCreated() {
    List<DumpThread> rows = Dumps.rows(Dumps.corpus("zoo-threadcreate-debug1.txt"));
    assertThat(rows).extracting(DumpThread::count).containsExactly(9L, 1L);
    assertThat(rows).allMatch(row -> row.kind() == ThreadKind.PLATFORM);
    assertThat(rows).allMatch(row -> row.stack().frames().isEmpty());
    assertThat(rows.getFirst().createdBy().frames()).isEmpty();
    assertThat(rows.getLast().createdBy().frames())
        .extracting(Frame::function)
        .startsWith("runtime.allocm", "runtime.newm");
  }

  private static boolean isIn(DumpThread row, String function) {
    return row.stack().frames().stream().anyMatch(frame -> frame.function().equals(function));
  }
}
