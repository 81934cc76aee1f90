package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Dumps of `Waits.java`, which has one thread for each kind of wait, by three versions of the JDK.
class WaitsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "waits-jdk17-thread_print.txt",
        "waits-jdk21-thread_print.txt",
        "waits-jdk25-thread_print.txt",
        "waits-jdk21-dump_to_file.txt",
        "waits-jdk25-dump_to_file.txt",
        "waits-jdk21-dump_to_file.json",
        "waits-jdk25-dump_to_file.json"
      })
  void everyVersionAndFormatTellsTheSameKindsOfWait(String file) {
    Dump dump = JvmDumps.corpus(file);
    assertThat(dump.warnings()).isEmpty();
    waits(dump, "waiter", ThreadState.WAITING, WaitKind.CONDITION);
    waits(dump, "timed", ThreadState.TIMED_WAITING, WaitKind.CONDITION);
    waits(dump, "two\nlines", ThreadState.WAITING, WaitKind.CONDITION);
    waits(dump, "joiner", ThreadState.WAITING, WaitKind.FUTURE);
    waits(dump, "reader", ThreadState.WAITING, WaitKind.READ_LOCK);
    waits(dump, "writer", ThreadState.WAITING, WaitKind.WRITE_LOCK);
    waits(dump, "semaphore", ThreadState.WAITING, WaitKind.SEMAPHORE);
    waits(dump, "exchange", ThreadState.WAITING, WaitKind.QUEUE);
    waits(dump, "process", ThreadState.WAITING, WaitKind.PROCESS);
    waits(dump, "timer", ThreadState.WAITING, WaitKind.QUEUE);
    waits(dump, "scheduled", ThreadState.TIMED_WAITING, WaitKind.QUEUE);
    waits(dump, "future", ThreadState.WAITING, WaitKind.FUTURE);
    waits(dump, "references", ThreadState.WAITING, WaitKind.QUEUE);
    waits(dump, "main", ThreadState.TIMED_WAITING, WaitKind.SLEEP);
    waits(dump, "Finalizer", ThreadState.WAITING, WaitKind.RUNTIME);
    assertThat(JvmDumps.named(dump, "accept").waitKind()).isEqualTo(WaitKind.IO);
    assertThat(JvmDumps.named(dump, "Reference Handler").waitKind()).isEqualTo(WaitKind.RUNTIME);
  }

  private static void waits(Dump dump, String name, ThreadState state, WaitKind kind) {
    DumpThread thread = JvmDumps.named(dump, name);
    assertThat(thread.waitKind()).as(name).isEqualTo(kind);
    assertThat(thread.state()).as(name).isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "waits-jdk17-thread_print.txt",
        "waits-jdk21-thread_print.txt",
        "waits-jdk25-thread_print.txt",
        "waits-jdk25-dump_to_file.txt",
        "waits-jdk25-dump_to_file.json"
      })
  void aDeadlockIsTwoThreadsThatHoldWhatTheOtherOneWants(String file) {
    Dump dump = JvmDumps.corpus(file);
    DumpThread first = JvmDumps.named(dump, "dead-1");
    DumpThread second = JvmDumps.named(dump, "dead-2");
    assertThat(List.of(first, second))
        .allSatisfy(t -> assertThat(t.state()).isEqualTo(ThreadState.BLOCKED))
        .allSatisfy(t -> assertThat(t.waitKind()).isEqualTo(WaitKind.MUTEX));
    assertThat(first.blockedOnOwner()).isEqualTo(second.id());
    assertThat(second.blockedOnOwner()).isEqualTo(first.id());
    assertThat(first.holds()).containsExactly(second.blockedOn().orElseThrow());
    assertThat(second.holds()).containsExactly(first.blockedOn().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "waits-jdk17-thread_print.txt",
        "waits-jdk25-thread_print.txt",
        "waits-jdk25-dump_to_file.txt",
        "waits-jdk25-dump_to_file.json"
      })
  void aMonitorThatIsWaitedOnIsNotHeldAndHasNoOwner(String file) {
    DumpThread waiter = JvmDumps.named(JvmDumps.corpus(file), "waiter");
    assertThat(waiter.blockedOn().orElseThrow().type()).isEqualTo("java.lang.Object");
    assertThat(waiter.holds()).isEmpty();
    assertThat(waiter.blockedOnOwner()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"waits-jdk17-thread_print.txt", "waits-jdk25-thread_print.txt"})
  void theOwnerOfAReadWriteLockIsTheOneThatListsIt(String file) {
    Dump dump = JvmDumps.corpus(file);
    OptionalLong main = JvmDumps.named(dump, "main").id();
    assertThat(JvmDumps.named(dump, "reader").blockedOnOwner()).isEqualTo(main);
    assertThat(JvmDumps.named(dump, "writer").blockedOnOwner()).isEqualTo(main);
  }

  @ParameterizedTest
  @CsvSource({
    "waits-jdk21-dump_to_file.txt, 2, 2",
    "waits-jdk21-dump_to_file.json, 2, 2",
    "waits-jdk25-dump_to_file.json, 2, 5",
    "waits-jdk25-thread_print.txt, 1, 1",
    "waits-jdk17-thread_print.txt, 0, 0"
  })
  void virtualThreadsAreKnownByTheirFirstFrameWhereTheDumpDoesNotSay(
      String file, int atLeast, int atMost) {
    assertThat(JvmDumps.rows(JvmDumps.corpus(file)))
        .filteredOn(t -> t.kind() == ThreadKind.VIRTUAL)
        .hasSizeBetween(atLeast, atMost);
  }

  @ParameterizedTest
  @ValueSource(strings = {"waits-jdk17-thread_print.txt", "waits-jdk25-thread_print.txt"})
  void theJvmsOwnThreadsWaitForTheRuntimeAndHaveNoId(String file) {
    Dump dump = JvmDumps.corpus(file);
    assertThat(JvmDumps.named(dump, "VM Thread"))
        .satisfies(t -> assertThat(t.id()).isEmpty())
        .satisfies(t -> assertThat(t.waitKind()).isEqualTo(WaitKind.RUNTIME));
    assertThat(JvmDumps.named(dump, "Signal Dispatcher").waitKind()).isEqualTo(WaitKind.RUNTIME);
    assertThat(dump.process().pid()).isPresent();
  }
}
