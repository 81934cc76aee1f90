package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Dumps that went through a logger are read as if they had not.
class LogTest {
  private static final String GO =
      """
      SIGQUIT: quit
      PC=0x4721a1 m=0 sigcode=0

      goroutine 1 [chan receive, 3 minutes]:
      main.main()
      \t/x/main.go:7 +0x4d

      goroutine 18 [select]:
      net/http.(*conn).serve(0xc0000aabe0, {0x7628e0, 0xc000072b10})
      \t/go/src/net/http/server.go:1991 +0x607
      created by net/http.(*Server).Serve in goroutine 1
      \t/go/src/net/http/server.go:3102 +0x4db

      goroutine 19 [semacquire]:
      sync.(*Mutex).Lock(...)
      \t/go/src/sync/mutex.go:81
      main.f(0x1)
      \t/x/main.go:9 +0x1f
      created by main.main in goroutine 1
      \t/x/main.go:12 +0x22

      rax    0xca
      """;

  /// The prefix of line `n`, as loggers write them; the time goes on from line to line.
  static Stream<Arguments> prefixes() {
    return Stream.of(
        prefix("journald", n -> "Nov 25 02:12:%02d host unit[123]: ".formatted(n % 60)),
        prefix("journald with a padded day", n -> "Nov  %d 02:12:53 h u[1]: ".formatted(9 + n / 9)),
        prefix("CRI", n -> "2026-11-25T02:12:53.%dZ stderr F ".formatted(123_456 + n * 999_937L)),
        prefix("docker logs -t", n -> "2026-11-25T02:12:53.12345678%dZ ".formatted(n % 10)),
        prefix("Go's log", n -> "2026/11/25 02:12:%02d ".formatted(n % 60)),
        prefix("Log4j", n -> "2026-11-25 02:12:53,%03d ERROR [main] a.B - ".formatted(n)),
        prefix("compose", _ -> "web_1  | "),
        prefix("brackets", n -> "[%d.%06d] app: ".formatted(n + 17, n)),
        prefix("an indented copy", _ -> "    "));
  }

  private static Arguments prefix(String name, IntFunction<String> prefix) {
    return Arguments.of(name, prefix);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("prefixes")
  void aPrefixIsTakenOffEachLine(String name, IntFunction<String> prefix) throws IOException {
    same(prefixed(GO, prefix), GO);
    for (String file :
        List.of(
            "go/zoo-aged-debug2.txt.gz",
            "go/zoo-aged-debug1.txt",
            "go/zoo-sigquit-all.txt.gz",
            "jvm/zoo-jdk25-thread_print.txt.gz",
            "jvm/waits-jdk17-thread_print.txt.gz")) {
      same(prefixed(Corpus.text(file), prefix), Corpus.text(file));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("prefixes")
  void otherLinesOfTheLogInBetweenAreNoThreads(String name, IntFunction<String> prefix)
      throws IOException {
    for (String text : List.of(GO, Corpus.text("jvm/zoo-jdk25-thread_print.txt.gz"))) {
      StringBuilder mixed = new StringBuilder("the server starts\n");
      int n = 0;
      for (String line : text.lines().toList()) {
        mixed.append(prefix.apply(n)).append("GET /orders?id=7 took 3 ms (cached)\n");
        mixed.append("another: ").append(n).append(" requests\n");
        mixed.append(prefix.apply(n++)).append(line).append('\n');
      }
      same(mixed.append(prefix.apply(n)).append("and goes on\n").toString(), text);
    }
  }

  @Test
  void aLogWithoutEmptyLinesOrBlanksAtTheEndIsTheSame() throws IOException {
    String journal = prefixed(GO, n -> "Nov 25 02:12:53 host unit[123]: ");
    same(journal.replaceAll("(?m)^.*: \n", ""), GO);
    same(journal.replaceAll("(?m) $", ""), GO);
    same(journal.replace("\t", "#011"), GO);
    same(journal.replace("\n", "\r\n"), GO);
  }

  @Test
  void lineBreaksThatALoggerHasEscapedAreLineBreaks() throws IOException {
    String dump = GO.substring(GO.indexOf("goroutine"), GO.indexOf("rax"));
    String escaped = dump.replace("\n", "\\n").replace("\t", "\\t");
    same("2026-11-25 ERROR caught: " + escaped + "\nmore\n", dump);
    same("2026-11-25 ERROR msg=failed stack=\"" + escaped + "\" code=7\n", dump);
    same("{\"level\":\"error\",\"stack\":\"" + escaped + "\",\"ts\":1.5}\n", dump);
    same("{\"msg\":\"a\"}\n{\"stack\":\"" + escaped + "\"}\n{\"msg\":\"b\"}", dump);
    String jvm = Corpus.text("jvm/zoo-jdk25-thread_print.txt.gz");
    String quoted = jvm.replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t");
    same("{\"msg\":\"" + quoted.replace("<", "\\u003c") + "\"}\n", jvm);
  }

  @Test
  void theFilesOfDockerHaveALineInEachObject() throws IOException {
    for (String text : List.of(GO, Corpus.text("jvm/zoo-jdk25-thread_print.txt.gz"))) {
      StringBuilder file = new StringBuilder();
      for (String line : text.lines().toList()) {
        String quoted = line.replace("\"", "\\\"").replace("\t", "\\t").replace(">", "\\u003e");
        file.append("{\"log\":\"").append(quoted);
        file.append("\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-25T02:12:53.1Z\"}\n");
      }
      same(file.toString(), text);
    }
  }

  @Test
  void severalDumpsOfALogAreGivenInOrder() throws IOException {
    String first = prefixed(GO, n -> "Nov 25 02:12:53 host unit[123]: ");
    String second = prefixed(GO, n -> "Nov 25 02:14:%02d host unit[4567]: ".formatted(n));
    String other = prefixed(GO, n -> "2026-11-25T02:12:53Z stderr F ");
    List<Dump> dumps = read(first + "noise\n" + second + "noise\n" + other + GO);
    assertThat(dumps).extracting(Dump::threadCount).containsExactly(3L, 3L, 3L, 3L);
    assertThat(dumps).flatExtracting(Dump::warnings).isEmpty();
  }

  @Test
  void aWarningHasTheLineOfTheLog() throws IOException {
    String log =
        prefixed(GO, n -> "Nov 25 02:12:53 host unit[123]: ")
            .replace("goroutine 18 [", "goroutine x [");
    List<Dump> dumps = read("one\ntwo\n" + log);
    assertThat(dumps.getFirst().warnings()).extracting(Warning::line).containsExactly(10L);
    String escaped =
        "goroutine 1 [running]:\\nmain.f()\\n\\t/x.go:1 +0x1\\n\\ngoroutine x [a]:\\n\\n";
    assertThat(read("one\n{\"stack\":\"" + escaped + "\"}\n").getFirst().warnings())
        .extracting(Warning::line)
        .containsExactly(2L);
  }

  @Test
  void aCutOrDamagedLogGivesWhatIsWholeAndNoOtherException() throws IOException {
    String log = prefixed(GO, n -> "2026-11-25T02:12:53.%dZ stderr F ".formatted(n));
    String json =
        "{\"stack\":\"" + GO.substring(39).replace("\n", "\\n").replace("\t", "\\t") + "\"}\n";
    Random random = new Random(13);
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = (random.nextBoolean() ? log : json + log).getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(8); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        DumpReader.readAll(new ByteArrayInputStream(bytes, 0, random.nextInt(bytes.length)));
      } catch (DumpException e) {
        assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
      }
    }
    int second = log.indexOf("goroutine 18 [");
    for (int cut = second; cut < log.length(); cut++) {
      assertThat(read(log.substring(0, cut)).getFirst().row(0).id())
          .as("cut at %d", cut)
          .hasValue(1);
    }
  }

  @Test
  void aMentionOfAGoroutineIsNoDump() {
    for (String text :
        List.of(
            "see goroutine 5 [select]:\nand more\n",
            "see goroutine 5 [select]:",
            "a: goroutine 5 [select]:\na: goroutine 6 [select]:\n",
            "{\"msg\":\"goroutine 5 [select]:\\n\"}\n",
            // Would take hours if a line were looked through from each of its characters.
            "x " + "a".repeat(900_000) + " profile: total ",
            "x " + "goroutine 1 [".repeat(60_000),
            "x " + "goroutine 1 [a]".repeat(60_000))) {
      assertThatExceptionOfType(DumpException.class)
          .as(text.substring(0, Math.min(60, text.length())))
          .isThrownBy(() -> read(text))
          .extracting(DumpException::code)
          .isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
    }
  }

  private static String prefixed(String text, IntFunction<String> prefix) {
    StringBuilder log = new StringBuilder();
    int n = 0;
    for (String line : text.lines().toList()) {
      log.append(prefix.apply(n++)).append(line).append('\n');
    }
    return log.toString();
  }

  private static void same(String log, String plain) throws IOException {
    List<Dump> expected = read(plain);
    List<Dump> dumps = read(log);
    assertThat(dumps).hasSameSizeAs(expected);
    for (int i = 0; i < dumps.size(); i++) {
      assertThat(rows(dumps.get(i))).isEqualTo(rows(expected.get(i)));
      assertThat(dumps.get(i).warnings()).isEqualTo(expected.get(i).warnings());
    }
  }

  private static List<DumpThread> rows(Dump dump) {
    List<DumpThread> rows = new ArrayList<>();
    dump.forEach(rows::add);
    return rows;
  }

  private static List<Dump> read(String text) throws IOException {
    return DumpReader.readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
