package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Dumps of a JVM whose content is known, since the program that made them is in `corpus/jvm/src`,
/// and what holds for every format.
class CorpusTest {
  @ParameterizedTest
  @CsvSource({
    "jvm/zoo-jdk25-dump_to_file.txt.gz, 665, 644",
    "jvm/zoo-jdk25-dump_to_file.json.gz, 665, 644"
  })
  void everyPlantedGroupOfAJvmHasItsSizeAndWaitKind(String file, int threads, int virtual)
      throws IOException {
    Dump dump = one(file);
    assertThat(dump.rows()).isEqualTo(threads);
    assertThat(rows(dump)).filteredOn(t -> t.kind() == ThreadKind.VIRTUAL).hasSize(virtual);
    planted(dump, "Zoo.onQueue", 531, WaitKind.QUEUE);
    planted(dump, "Zoo.onLock", 40, WaitKind.MUTEX);
    planted(dump, "Zoo.onSleep", 33, WaitKind.SLEEP);
    planted(dump, "Zoo.onLatch", 20, WaitKind.LATCH);
    planted(dump, "Zoo.onFuture", 10, WaitKind.FUTURE);
    planted(dump, "Zoo.onSocket", 9, WaitKind.IO);
    planted(dump, "Zoo.onMonitor", 7, WaitKind.MUTEX);
    assertThat(dump.process().pid()).hasValue(26027);
    assertThat(dump.process().runtime()).isEqualTo("25.0.3+9-LTS");
    assertThat(dump.warnings()).isEmpty();
    assertThat(rows(dump)).extracting(DumpThread::name).contains("plat \"quoted\" [x] #2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm/zoo-jdk25-jstack.txt.gz", "jvm/zoo-jdk25-thread_print.txt.gz"})
  void aThreadPrintGivesThePlatformThreads(String file) throws IOException {
    Dump dump = one(file);
    planted(dump, "Zoo.onQueue", 6, WaitKind.QUEUE);
    planted(dump, "Zoo.onSleep", 3, WaitKind.SLEEP);
    assertThat(rows(dump)).extracting(DumpThread::name).contains("plat \"quoted\" [x] #2");
    assertThat(with(dump, "Zoo.main"))
        .singleElement()
        .satisfies(t -> assertThat(t.holds()).hasSizeBetween(1, 2))
        .satisfies(t ->
            assertThat(t.age().orElseThrow())
                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6)));
    assertThat(dump.warnings()).isEmpty();
  }

  @Test
  void severalDumpsInOneFileAreGivenInOrder() throws IOException {
    String early = text("go/zoo-early-debug2.txt.gz");
    String jvm = text("jvm/zoo-jdk25-thread_print.txt.gz");
    String profile = text("go/zoo-aged-debug1.txt");
    List<Dump> dumps = read(early + early + jvm + profile);
    assertThat(dumps).extracting(Dump::threadCount).containsExactly(166L, 166L, 33L, 166L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "go/zoo-aged-debug2.txt.gz",
        "go/zoo-aged-debug1.txt",
        "go/zoo-aged-debug0.pb.gz",
        "jvm/zoo-jdk25-thread_print.txt.gz"
      })
  void noPrefixOfADumpThrowsAnythingElseOrGivesMoreThanTheWhole(String file) throws IOException {
    byte[] whole = bytes(file);
    long threads = one(file).threadCount();
    for (int length = 0; length < whole.length; length += 97) {
      try {
        List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(whole, 0, length));
        assertThat(dumps.getFirst().threadCount()).isLessThanOrEqualTo(threads);
      } catch (DumpException e) {
        assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
      }
    }
  }

  @Test
  void countsThatNoProcessCanHaveDoNotOverflow() throws IOException {
    String group = "999999999999999999 @ 0x1\n#\t0x1\tmain.f+0x1\t/main.go:1\n\n";
    Dump dump = read("goroutine profile: total 1\n" + group.repeat(50)).getFirst();
    assertThat(dump.threadCount()).isEqualTo(50 * DumpThread.MAX_COUNT);
  }

  private static void planted(Dump dump, String function, int size, WaitKind kind) {
    List<DumpThread> threads = with(dump, function);
    assertThat(threads.stream().mapToLong(DumpThread::count).sum()).as(function).isEqualTo(size);
    assertThat(threads)
        .as(function)
        .allSatisfy(t -> assertThat(t.waitKind()).as(function).isEqualTo(kind));
  }

  private static List<DumpThread> with(Dump dump, String function) {
    return rows(dump).stream()
        .filter(t -> t.stack().frames().stream().anyMatch(f -> f.function().equals(function)))
        .toList();
  }

  private static List<DumpThread> rows(Dump dump) {
    List<DumpThread> rows = new ArrayList<>();
    dump.forEach(rows::add);
    return rows;
  }

  private static Dump one(String file) throws IOException {
    try (InputStream input = open(file)) {
      List<Dump> dumps = DumpReader.readAll(input);
      assertThat(dumps).hasSize(1);
      return dumps.getFirst();
    }
  }

  private static List<Dump> read(String text) throws IOException {
    return DumpReader.readAll(
        new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private static String text(String file) throws IOException {
    return new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String file) throws IOException {
    InputStream raw = open(file);
    try (InputStream input = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return input.readAllBytes();
    }
  }

  private static InputStream open(String file) {
    InputStream input = CorpusTest.class.getResourceAsStream("/corpus/" + file);
    assertThat(input).as(file).isNotNull();
    return java.util.Objects.requireNonNull(input);
  }
}
