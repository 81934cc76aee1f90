package dev.groundhog.dump.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.dump.Warning;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DumpJsonTest {
  private static final Path DOCS = Path.of("..", "docs");
  static final DumpThread RICH =
      DumpThread.of(
              ThreadKind.GOROUTINE,
              new CallStack(
                  List.of(new Frame("a.\"B\".<init>", "B.java", 7), new Frame("c.D.n", "", -2)),
                  1,
                  -1))
          .id(1L << 40)
          .count(3)
          .name("\u0000 \"\\ \u2028 😀 \n")
          .state(ThreadState.TIMED_WAITING)
          .waits(WaitKind.FUTURE, "chan receive (nil chan)")
          .waiting(Duration.ofSeconds(3, 5))
          .age(Duration.ofDays(400_000))
          .clientGone(Duration.ofMillis(12_345))
          .blockedOn(new LockRef("a.Lock", "1f"))
          .blockedOnOwner(9)
          .holds(List.of(new LockRef("a.B", ""), new LockRef("", "2a")))
          .labels(Map.of("", "x", "k", ""))
          .group("executor@1")
          .lockedToThread(true)
          .leaked(true)
          .createdBy(new CallStack(List.of(new Frame("main.main", "/m.go", 1))))
          .creatorId(0)
          .build();
  static final DumpThread POOR = DumpThread.of(ThreadKind.VIRTUAL, CallStack.EMPTY).build();

  @ParameterizedTest
  @MethodSource("dev.groundhog.dump.CorpusTruthTest#dumpFiles")
  void everyDumpOfTheCorpusIsReadBackWithoutLoss(String file) throws IOException {
    Dump dump = DumpReader.readAll(new ByteArrayInputStream(Corpus.raw(file))).getFirst();
    same(read(json(dump)).getFirst(), dump);
  }

  @Test
  void everythingThatTheModelCanSayIsReadBackWithoutLoss() throws IOException {
    Dump dump = dump(RICH, POOR, RICH);
    same(read(json(dump)).getFirst(), dump);
  }

  @Test
  void equalStacksAreWrittenOnceAndUnknownFactsNotAtAll() throws IOException {
    String json = json(dump(RICH, RICH, POOR));
    assertThat(json.split("c\\.D\\.n", -1)).hasSize(2);
    assertThat(json).contains("\n{\"kind\":\"VIRTUAL\"}]");
  }

  @Test
  void severalDumpsInOneFileAreGivenInOrderOursAndAJvms() throws IOException {
    String jvm =
        "{\"threadDump\":{\"processId\":7,\"threadContainers\":[{\"container\":\"<root>\","
            + "\"threads\":[{\"tid\":1,\"name\":\"main\",\"stack\":[\"a.B.c(B.java:1)\"]}]}]}}\n";
    List<Dump> dumps = read(json(dump(RICH)) + jvm + "{\"other\":1}" + json(dump(POOR, POOR)));
    assertThat(dumps).extracting(Dump::rows).containsExactly(1, 1, 2);
    assertThat(dumps.get(1).process().pid()).isEqualTo(OptionalLong.of(7));
  }

  @Test
  void aDumpThatIsCutGivesEveryCompleteThread() throws IOException {
    String json = json(dump(RICH, POOR, RICH, POOR));
    int threads = json.indexOf("\"threads\":[");
    for (int length = threads + 11; length < json.length() - 2; length++) {
      String cut = json.substring(0, length);
      Dump dump = read(cut).getFirst();
      assertThat(dump.rows()).as(cut).isEqualTo(whole(cut, threads));
      assertThat(dump.warnings()).as(cut).isNotEmpty();
    }
  }

  /// How many threads are whole: each stands on a line of its own.
  private static int whole(String cut, int threads) {
    int whole = 0;
    for (String line : cut.substring(threads).split("\n", -1)) {
      whole += line.startsWith("{\"kind\"") && balanced(line) ? 1 : 0;
    }
    return whole;
  }

  private static boolean balanced(String line) {
    int depth = 0;
    boolean inString = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (inString) {
        i += c == '\\' ? 1 : 0;
        inString = c != '"';
      } else {
        inString = c == '"';
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (depth == 0) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void aBrokenThreadDoesNotLoseThoseBehindIt() throws IOException {
    String json = json(dump(RICH, POOR, POOR)).replace("\"count\":3", "\"count\":x");
    Dump dump = read(json).getFirst();
    assertThat(dump.rows()).isEqualTo(2);
    assertThat(dump.warnings().getFirst().text()).startsWith("a broken thread was dropped at byte");
  }

  @Test
  void lostStacksDoNotLoseTheirThreads() throws IOException {
    String json = json(dump(RICH, POOR)).replace("\"frames\":[{", "\"frames\":[?");
    Dump dump = read(json).getFirst();
    assertThat(dump.rows()).isEqualTo(2);
    assertThat(dump.row(0).stack()).isEqualTo(CallStack.EMPTY);
    assertThat(dump.warnings())
        .extracting(Warning::text)
        .anyMatch(text -> text.startsWith("a broken stack was dropped at byte"))
        .anyMatch(text -> text.equals("the stacks of 2 threads were lost"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"schema\":\"groundhog.dump/2\",\"threads\":[]}|the schema is groundhog.dump/2, and",
        "{\"schema\":\"groundhog.report/1\",\"threads\":7}|JSON without a \"threadDump\"",
        "{\"threads\":[]}|JSON without a \"threadDump\" of a JVM and without the schema",
        "{\"schema\":\"groundhog.dump/1\",|JSON that is no thread dump: at byte 29",
      })
  void whatIsNoDumpOfOursIsRefused(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(DumpException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void whatALaterWriterAddsIsPassedOver() throws IOException {
    Dump dump =
        read("{\"new\":[{}],\"schema\":\"groundhog.dump/1\",\"stacks\":[{\"frames\":"
                + "[{\"function\":\"f\",\"new\":1}]}],\"threads\":[{\"kind\":\"VIRTUAL\","
                + "\"state\":\"DREAMING\",\"new\":{},\"stack\":0}]}")
            .getFirst();
    assertThat(dump.row(0).state()).isEqualTo(ThreadState.UNKNOWN);
    assertThat(dump.row(0).stack().frames()).extracting(Frame::function).containsExactly("f");
    assertThat(dump.warnings()).isEmpty();
  }

  @Test
  void damageThrowsNothingButTheDocumentedException() throws IOException {
    byte[] json = json(dump(RICH, POOR, RICH)).getBytes(StandardCharsets.UTF_8);
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = json.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        DumpReader.readAll(new ByteArrayInputStream(damaged));
      } catch (DumpException e) {
        assertThat(e.getCause()).isNull();
      }
    }
  }

  /// Every name that the writer writes stands in the schema and on the page, and the page's example
  /// is one.
  @Test
  void theDocumentsKnowEveryMember() throws IOException {
    String schema = Files.readString(DOCS.resolve("groundhog.dump-1.schema.json"));
    String page = Files.readString(DOCS.resolve("dump-json.md"));
    String written = json(dump(RICH)).replace("\"k\":", "").replace("\"\":", "");
    Matcher names = Pattern.compile("[{,]\\s*\"([A-Za-z]+)\":").matcher(written);
    int count = 0;
    while (names.find()) {
      count++;
      assertThat(schema).contains('"' + names.group(1) + "\": {");
      assertThat(page).contains(names.group(1));
    }
    assertThat(count).isGreaterThan(25);
    Stream.of(ThreadKind.values(), ThreadState.values(), WaitKind.values())
        .flatMap(Stream::of)
        .map(constant -> ((Enum<?>) constant).name())
        .filter(name -> !name.equals("UNKNOWN"))
        .forEach(name -> {
          assertThat(schema).contains('"' + name + '"');
          assertThat(page).contains('`' + name + '`');
        });
    String example = page.substring(page.indexOf("{\"schema\""), page.indexOf("\n```\n\nEach"));
    Dump dump = read(example).getFirst();
    assertThat(json(dump)).isEqualTo(example + "\n");
  }

  static Dump dump(DumpThread... threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(
        new ProcessInfo(
            OptionalLong.of(7), Optional.of(Instant.parse("2026-01-02T03:04:05.678Z")), "25", "x"));
    for (DumpThread thread : threads) {
      collector.thread(thread);
    }
    collector.warning(new Warning(3, "lost \"it\""));
    collector.warning(new Warning(0, "somewhere"));
    collector.end();
    return collector.dumps().getFirst();
  }

  private static void same(Dump read, Dump written) {
    assertThat(read.process()).isEqualTo(written.process());
    assertThat(rows(read)).isEqualTo(rows(written));
    assertThat(read.warnings()).isEqualTo(written.warnings());
  }

  private static List<DumpThread> rows(Dump dump) {
    List<DumpThread> rows = new ArrayList<>();
    dump.forEach(rows::add);
    return rows;
  }

  static String json(Dump dump) throws IOException {
    StringBuilder out = new StringBuilder();
    DumpWriter.json(dump, out);
    return out.toString();
  }

  private static List<Dump> read(String json) throws IOException {
    return DumpReader.readAll(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }
}
