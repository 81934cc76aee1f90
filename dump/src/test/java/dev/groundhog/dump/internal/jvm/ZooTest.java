package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `Zoo.java` planted, beyond what every reader must find.
class ZooTest {
  @Test
  void aDumpTellsItsProcessAndTheNamesOfItsThreads() {
    Dump dump = JvmDumps.corpus("zoo-jdk25-dump_to_file.json");
    assertThat(dump.process().pid()).hasValue(26027);
    assertThat(dump.process().runtime()).isEqualTo("25.0.3+9-LTS");
    assertThat(JvmDumps.rows(dump))
        .extracting(DumpThread::name)
        .contains("plat \"quoted\" [x] #2", "monitor-6");
  }

  @Test
  void aThreadPrintTellsTheAgeOfMainAndWhatItHolds() {
    DumpThread main = JvmDumps.named(JvmDumps.corpus("zoo-jdk25-jstack.txt"), "main");
    assertThat(main.holds()).hasSizeBetween(1, 2);
    assertThat(main.age().orElseThrow()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zoo-jdk25-dump_to_file.txt", "zoo-jdk25-dump_to_file.json"})
  void whoeverWantsTheMonitorIsBlockedByMain(String file) {
    Dump dump = JvmDumps.corpus(file);
    DumpThread main = JvmDumps.named(dump, "main");
    assertThat(JvmDumps.in(dump, "Zoo.onMonitor"))
        .hasSize(7)
        .allSatisfy(t -> assertThat(t.blockedOnOwner()).isEqualTo(main.id()))
        .allSatisfy(t -> assertThat(main.holds()).contains(t.blockedOn().orElseThrow()));
  }

  @Test
  void theJsonTellsTheContainerOfEveryThread() {
    List<String> groups =
        JvmDumps.rows(JvmDumps.corpus("zoo-jdk25-dump_to_file.json")).stream()
            .map(DumpThread::group)
            .distinct()
            .toList();
    assertThat(groups).contains("<root>").hasSize(4);
    assertThat(JvmDumps.in(JvmDumps.corpus("zoo-jdk25-dump_to_file.json"), "Zoo.onQueue"))
        .filteredOn(t -> t.group().startsWith("java.util.concurrent.ThreadPerTaskExecutor@"))
        .hasSize(25);
  }

  @Test
  void bothFormatsOfOneProcessGiveTheSameStacks() {
    Dump text = JvmDumps.corpus("zoo-jdk25-dump_to_file.txt");
    Dump json = JvmDumps.corpus("zoo-jdk25-dump_to_file.json");
    for (String function : List.of("Zoo.onQueue", "Zoo.onLock", "Zoo.onSocket", "Zoo.main")) {
      assertThat(JvmDumps.in(text, function).stream().map(DumpThread::stack).distinct().toList())
          .as(function)
          .isEqualTo(
              JvmDumps.in(json, function).stream().map(DumpThread::stack).distinct().toList());
    }
  }
}
