package dev.groundhog.dump.internal.go;

import static dev.groundhog.dump.WaitKind.CHANNEL_RECEIVE;
import static dev.groundhog.dump.WaitKind.CHANNEL_SEND;
import static dev.groundhog.dump.WaitKind.CONDITION;
import static dev.groundhog.dump.WaitKind.FOREVER;
import static dev.groundhog.dump.WaitKind.IO;
import static dev.groundhog.dump.WaitKind.LATCH;
import static dev.groundhog.dump.WaitKind.MUTEX;
import static dev.groundhog.dump.WaitKind.NONE;
import static dev.groundhog.dump.WaitKind.ONCE;
import static dev.groundhog.dump.WaitKind.READ_LOCK;
import static dev.groundhog.dump.WaitKind.SELECT;
import static dev.groundhog.dump.WaitKind.SLEEP;
import static dev.groundhog.dump.WaitKind.UNKNOWN;
import static dev.groundhog.dump.WaitKind.WRITE_LOCK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.WaitKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each group that corpus/go/src/zoo plants is found with its size and its kind of wait, whatever
/// wrote the dump.
class ZooTest {
  /// The size of a group, what it waits for, and how much of that each format tells.
  private record Planted(
      String function, int size, WaitKind traceback, WaitKind profile, WaitKind debug1) {}

  private static final List<Planted> ZOO =
      List.of(
          new Planted("main.blockedReceive", 50, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.blockedSend", 20, CHANNEL_SEND, CHANNEL_SEND, UNKNOWN),
          new Planted("main.blockedSelect", 10, SELECT, SELECT, UNKNOWN),
          new Planted("main.selectForever", 2, FOREVER, FOREVER, UNKNOWN),
          // A profile does not tell a nil channel from any other.
          new Planted("main.nilRecv", 3, FOREVER, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.nilSend", 3, FOREVER, CHANNEL_SEND, UNKNOWN),
          new Planted("main.onMutex", 7, MUTEX, MUTEX, MUTEX),
          new Planted("main.onRWRead", 4, READ_LOCK, READ_LOCK, READ_LOCK),
          new Planted("main.onRWWrite", 4, WRITE_LOCK, WRITE_LOCK, WRITE_LOCK),
          new Planted("main.onWaitGroup", 6, LATCH, LATCH, LATCH),
          new Planted("main.onCond", 5, CONDITION, CONDITION, CONDITION),
          new Planted("main.onSleep", 8, SLEEP, SLEEP, SLEEP),
          new Planted("main.onTicker", 2, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.onLockedThread", 2, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.onConnRead", 9, IO, IO, IO),
          new Planted("main.onAccept", 1, IO, IO, IO),
          new Planted("main.onPipeSyscall", 2, IO, IO, IO),
          new Planted("main.onCtx", 4, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.labelled", 6, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.spinner", 1, NONE, NONE, UNKNOWN),
          new Planted("main.panicky", 1, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.(*server).loop", 3, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.server.valueLoop", 3, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.generic[...]", 2, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN),
          new Planted("main.deep", 1, CHANNEL_RECEIVE, CHANNEL_RECEIVE, UNKNOWN));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoo-early-debug2.txt.gz",
        "zoo-aged-debug2.txt.gz",
        "derived-zoo-aged-debug2-crlf.txt.gz",
        "zoo-sigquit-all.txt.gz",
        "zoo-sigquit-system.txt.gz"
      })
  void everyPlantedGroupIsFoundInATraceback(String file) {
    Dump dump = Dumps.corpus(file);
    assertThat(dump.warnings()).isEmpty();
    Map<String, Map<WaitKind, Long>> found = found(dump);
    for (Planted planted : ZOO) {
      assertThat(found.get(planted.function))
          .as(planted.function)
          .containsExactly(Map.entry(planted.traceback, (long) planted.size));
    }
    assertThat(found.get("main.onOnce"))
        .containsOnly(Map.entry(ONCE, 2L), Map.entry(CHANNEL_RECEIVE, 1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zoo-early-debug0.pb.gz", "zoo-aged-debug0.pb.gz"})
  void everyPlantedGroupIsFoundInAProfile(String file) {
    Dump dump = Dumps.corpus(file);
    assertThat(dump.warnings()).isEmpty();
    Map<String, Map<WaitKind, Long>> found = found(dump);
    for (Planted planted : ZOO) {
      assertThat(found.get(planted.function))
          .as(planted.function)
          .containsExactly(Map.entry(planted.profile, (long) planted.size));
    }
    assertThat(found.get("main.onOnce"))
        .containsOnly(Map.entry(ONCE, 2L), Map.entry(CHANNEL_RECEIVE, 1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zoo-early-debug1.txt", "zoo-aged-debug1.txt"})
  void everyPlantedGroupIsFoundInAggregatedText(String file) {
    Dump dump = Dumps.corpus(file);
    assertThat(dump.warnings()).isEmpty();
    assertThat(dump.threadCount()).isEqualTo(166);
    Map<String, Map<WaitKind, Long>> found = found(dump);
    for (Planted planted : ZOO) {
      assertThat(found.get(planted.function))
          .as(planted.function)
          .containsExactly(Map.entry(planted.debug1, (long) planted.size));
    }
  }

  @Test
  void labelsAreReadFromAggregatedTextAndProfiles() {
    for (String file : List.of("zoo-aged-debug1.txt", "zoo-aged-debug0.pb.gz")) {
      List<DumpThread> labelled =
          Dumps.rows(Dumps.corpus(file)).stream().filter(row -> !row.labels().isEmpty()).toList();
      assertThat(labelled).as(file).hasSize(1);
      assertThat(labelled.getFirst().count()).isEqualTo(6);
      assertThat(labelled.getFirst().labels())
          .isEqualTo(Map.of("tenant", "acme", "route", "/v1/\"orders\""));
    }
  }

  @Test
  void allFormatsCountTheSameGoroutines() {
    for (String file :
        List.of("zoo-aged-debug0.pb.gz", "zoo-aged-debug1.txt", "zoo-aged-debug2.txt.gz")) {
      assertThat(Dumps.corpus(file).threadCount()).as(file).isEqualTo(166);
    }
  }

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
  void aProfileOfThreadsCreatedIsRead() {
    assertThat(Dumps.corpus("zoo-threadcreate-debug1.txt").threadCount()).isPositive();
  }

  private static boolean isIn(DumpThread row, String function) {
    return row.stack().frames().stream().anyMatch(frame -> frame.function().equals(function));
  }

  /// For each function of the zoo that threads are in, how many wait for what.
  private static Map<String, Map<WaitKind, Long>> found(Dump dump) {
    Map<String, Map<WaitKind, Long>> found = new LinkedHashMap<>();
    dump.forEach(row ->
        row.stack().frames().stream()
            .map(frame -> frame.function())
            .distinct()
            .forEach(function ->
                found
                    .computeIfAbsent(function, _ -> new TreeMap<>())
                    .merge(row.waitKind(), row.count(), Long::sum)));
    return found;
  }
}
