package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `Zoo.java` planted, beyond what every reader must find.
class ZooTest {
  @ParameterizedTest
  @CsvSource({"zoo-jdk21-dump_to_file.txt, 641", "zoo-jdk21-dump_to_file.json, 636"})
  void dumpsWithoutStatesTellThePlantedWaitsByTheirFrames(String file, int virtual) {
    Dump dump = JvmDumps.corpus(file);
    assertThat(dump.warnings()).isEmpty();
    assertThat(dump.rows()).isEqualTo(664);
    assertThat(JvmDumps.rows(dump))
        .filteredOn(t -> t.kind() == ThreadKind.VIRTUAL)
        .hasSize(virtual);
    planted(dump, "Zoo.onQueue", 531, ThreadState.WAITING, WaitKind.QUEUE);
    planted(dump, "Zoo.onLock", 40, ThreadState.WAITING, WaitKind.MUTEX);
    planted(dump, "Zoo.onSleep", 33, ThreadState.TIMED_WAITING, WaitKind.SLEEP);
    planted(dump, "Zoo.onLatch", 20, ThreadState.WAITING, WaitKind.LATCH);
    planted(dump, "Zoo.onFuture", 10, ThreadState.WAITING, WaitKind.FUTURE);
    planted(dump, "Zoo.onSocket", 9, ThreadState.WAITING, WaitKind.IO);
    assertThat(JvmDumps.in(dump, "Zoo.onMonitor"))
        .allSatisfy(t -> assertThat(t.state()).isEqualTo(ThreadState.UNKNOWN))
        .allSatisfy(t -> assertThat(t.waitKind()).isEqualTo(WaitKind.UNKNOWN));
  }

  private static void planted(
      Dump dump, String function, int size, ThreadState state, WaitKind kind) {
    assertThat(JvmDumps.in(dump, function))
        .as(function)
        .hasSize(size)
        .allSatisfy(t -> assertThat(t.waitKind()).isEqualTo(kind))
        .allSatisfy(t -> assertThat(t.state()).isEqualTo(state));
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
