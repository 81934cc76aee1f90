package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogsTest {
  private static final LogOptions OPTIONS = LogOptions.defaults();

  @TempDir Path folder;

  private Printing container() {
    return new Printing(folder);
  }

  @Test
  void aLineIsAsDockersWithTheRawOffsetsBehindIt() throws Exception {
    container().out("hello\n");
    container().err("oops\n");
    container().takeOver(OPTIONS);
    assertThat(container().json().lines().map(line -> line.replaceAll("\\d{4}-[^\"]*Z", "TIME")))
        .containsExactly(
            "{\"log\":\"hello\\n\",\"stream\":\"stdout\",\"time\":\"TIME\",\"raw\":[6,0]}",
            "{\"log\":\"oops\\n\",\"stream\":\"stderr\",\"time\":\"TIME\",\"raw\":[6,5]}");
  }

  @Test
  void escapesAreDockers() throws Exception {
    container().out("\"\\\r\t\u0001<&>\u007f é€😀\u2028\u2029\n");
    container().takeOver(OPTIONS);
    assertThat(container().json())
        .startsWith(
            "{\"log\":\"\\\"\\\\\\r\\u0009\\u0001\\u003c\\u0026\\u003e\u007f é€😀\\u2028\\u2029\\n\",");
    assertThat(container().texts()).containsExactly("\"\\\r\t\u0001<&>\u007f é€😀\u2028\u2029\n");
  }

  @Test
  void eachByteThatIsNoUtf8BecomesAReplacementCharacter() throws Exception {
    byte[] text = {
      'a',
      (byte) 0xff,
      (byte) 0xed,
      (byte) 0xa0,
      (byte) 0x80,
      'b',
      (byte) 0xc0,
      (byte) 0x80,
      (byte) 0xe2,
      (byte) 0x82,
      '\n',
      (byte) 0xf0,
      (byte) 0x9f
    };
    container().print(LogStream.STDOUT, text);
    container().takeOver(OPTIONS);
    assertThat(container().texts())
        .containsExactly("a\ufffd\ufffd\ufffd\ufffdb\ufffd\ufffd\ufffd\ufffd\n", "\ufffd\ufffd");
  }

  @Test
  void attrsAreOnEachLine() throws Exception {
    TreeMap<String, String> attrs = new TreeMap<>(Map.of("b", "<2>", "a", "1\n"));
    container().out("hello\nagain\n");
    container().takeOver(new LogOptions(1000, 1, attrs));
    assertThat(container().json())
        .startsWith(
            "{\"log\":\"hello\\n\",\"stream\":\"stdout\","
                + "\"attrs\":{\"a\":\"1\\n\",\"b\":\"\\u003c2\\u003e\"},\"time\":\"");
    assertThat(container().entries(LogQuery.everything()))
        .extracting(LogEntry::attrs)
        .containsExactly(attrs, attrs);
  }

  @Test
  void aLongLineIsKeptInPartsOfOneTime() throws Exception {
    String part = "x".repeat(Lines.PART_BYTES);
    container().out(part + part + "yz\n" + part + "\n" + part.substring(1) + "\nend\n");
    container().takeOver(OPTIONS);
    List<LogEntry> entries = container().entries(LogQuery.everything());
    assertThat(Printing.texts(entries))
        .containsExactly(part, part, "yz\n", part, "\n", part.substring(1) + "\n", "end\n");
    assertThat(entries.subList(0, 3))
        .extracting(LogEntry::time)
        .containsOnly(entries.get(0).time());
    assertThat(entries.get(4).time()).isEqualTo(entries.get(3).time());
  }

  @Test
  void aPartTearsNoCharacter() throws Exception {
    String line = "x" + "😀".repeat(10_000) + "\n";
    container().out(line);
    container().takeOver(OPTIONS);
    assertThat(String.join("", container().texts())).isEqualTo(line);
  }

  @Test
  void aLineWithoutEndWaitsForItAndIsTakenWithoutAtTheEnd() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS)) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out("half");
      container().err("first\n");
      assertThat(cursor.next().orElseThrow().text()).isEqualTo("first\n");
      container().out(" a line\nrest");
      assertThat(cursor.next().orElseThrow().text()).isEqualTo("half a line\n");
      log.finish();
      assertThat(Printing.texts(Printing.rest(cursor))).containsExactly("rest");
      cursor.close();
    }
    container().takeOver(OPTIONS);
    assertThat(container().texts()).as("nothing is taken twice").hasSize(3);
  }

  @Test
  void aLineThatGrowsByteByByteIsOneLine() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS);
        OutputStream out = container().open(LogStream.STDOUT)) {
      log.collect();
      for (int i = 0; i < 20_000; i++) {
        out.write('x');
      }
      out.write('\n');
      log.finish();
      assertThat(Printing.texts(Printing.all(log, LogQuery.everything())))
          .containsExactly(
              "x".repeat(Lines.PART_BYTES), "x".repeat(20_000 - Lines.PART_BYTES) + "\n");
    }
  }

  @Test
  void whatIsTakenAtTheEndAfterARestartHasATimeToo() throws Exception {
    container().out("one\nrest");
    Logs logs = new Logs();
    ContainerLog log = logs.open(folder, OPTIONS);
    log.collect();
    log.read(LogQuery.everything().following()).next();
    logs.close();
    container().takeOver(OPTIONS);
    List<LogEntry> entries = container().entries(LogQuery.everything());
    assertThat(Printing.texts(entries)).containsExactly("one\n", "rest");
    assertThat(entries.get(1).time()).isAfter(Instant.now().minusSeconds(600));
  }

  @Test
  void aLongLineWithoutEndWhoseLastPartIsWholeIsNotGoneOnWith() throws Exception {
    String part = "x".repeat(Lines.PART_BYTES);
    container().out(part);
    container().takeOver(OPTIONS);
    container().out("next\n");
    container().takeOver(OPTIONS);
    List<LogEntry> entries = container().entries(LogQuery.everything());
    assertThat(Printing.texts(entries)).containsExactly(part, "next\n");
    assertThat(entries.get(1).time()).isAfter(entries.get(0).time());
  }

  @Test
  void aContainerThatWasNeverStartedHasAnEmptyLog() throws Exception {
    assertThat(container().texts()).isEmpty();
    assertThat(container().entries(LogQuery.everything().following().tail(10))).isEmpty();
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void aLogGoesOnWhenItsContainerIsStartedAgain() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS)) {
      for (int run = 0; run < 3; run++) {
        log.collect();
        container().out("run " + run + "\n");
        log.finish();
        log.finish();
      }
      assertThat(Printing.texts(Printing.all(log, LogQuery.everything().following())))
          .containsExactly("run 0\n", "run 1\n", "run 2\n");
    }
  }

  @Test
  void tailCountsBothStreamsBeforeAnyIsLeftOut() throws Exception {
    container().out("1\n2\n3\n");
    container().err("4\n5\n");
    container().takeOver(OPTIONS);
    LogQuery all = LogQuery.everything();
    assertThat(Printing.texts(container().entries(all.tail(3))))
        .containsExactly("3\n", "4\n", "5\n");
    assertThat(Printing.texts(container().entries(all.tail(3).of(Set.of(LogStream.STDOUT)))))
        .containsExactly("3\n");
    assertThat(container().entries(all.tail(0))).isEmpty();
    assertThat(container().entries(all.tail(5))).hasSize(5);
    assertThat(container().entries(all.tail(6))).hasSize(5);
    assertThat(Printing.texts(container().entries(all.of(Set.of(LogStream.STDERR)))))
        .containsExactly("4\n", "5\n");
  }

  @Test
  void tailGoesBackThroughRotatedFiles() throws Exception {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, 1000).forEach(i -> text.append(i).append('\n'));
    container().out(text.toString());
    container().takeOver(Printing.options(1000, 1000));
    for (int tail = 0; tail <= 1001; tail += 7) {
      List<String> expected =
          IntStream.range(Math.max(0, 1000 - tail), 1000).mapToObj(i -> i + "\n").toList();
      assertThat(Printing.texts(container().entries(LogQuery.everything().tail(tail))))
          .isEqualTo(expected);
    }
  }

  @Test
  void sinceAndUntilIncludeTheirTimes() throws Exception {
    container().out("1\n2\n3\n4\n");
    container().takeOver(OPTIONS);
    List<LogEntry> entries = container().entries(LogQuery.everything());
    assertThat(entries).extracting(LogEntry::time).doesNotHaveDuplicates().isSorted();
    LogQuery query =
        LogQuery.everything().since(entries.get(1).time()).until(entries.get(2).time());
    assertThat(Printing.texts(container().entries(query))).containsExactly("2\n", "3\n");
    assertThat(Printing.texts(container().entries(query.tail(2)))).containsExactly("3\n");
  }

  @Test
  void aFollowerEndsWhenItsTimeIsPast() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS)) {
      log.collect();
      container().out("now\n");
      LogQuery query = LogQuery.everything().following().until(Instant.now().plusMillis(300));
      assertThat(Printing.texts(Printing.all(log, query))).containsExactly("now\n");
    }
  }

  @Test
  void whatWasPrintedWhileNobodyLookedIsNotOfNow() throws Exception {
    container().out("long ago\n");
    Instant then = Instant.parse("2020-01-02T03:04:05.678Z");
    Files.setLastModifiedTime(folder.resolve("stdout.raw"), FileTime.from(then));
    container().takeOver(OPTIONS);
    assertThat(container().entries(LogQuery.everything()).getFirst().time()).isEqualTo(then);
    assertThat(container().json()).contains("\"time\":\"2020-01-02T03:04:05.678Z\"");
  }

  @Test
  void aRawFileThatTheContainerTruncatesIsReadFromItsBeginning() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS)) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out("a long line before\n");
      assertThat(cursor.next().orElseThrow().text()).isEqualTo("a long line before\n");
      Files.write(folder.resolve("stdout.raw"), "new\n".getBytes(StandardCharsets.UTF_8));
      assertThat(cursor.next().orElseThrow().text()).isEqualTo("new\n");
      cursor.close();
      log.finish();
    }
    container().out("more\n");
    container().takeOver(OPTIONS);
    assertThat(container().texts()).containsExactly("a long line before\n", "new\n", "more\n");
  }

  @Test
  void consumedOutputGivesItsSpaceBack() throws Exception {
    container().out("x".repeat(99).concat("\n").repeat(100_000));
    container().takeOver(OPTIONS);
    Process du = new ProcessBuilder("du", "-k", folder.resolve("stdout.raw").toString()).start();
    String kilobytes = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(HolePunch.isPossible()).isTrue();
    assertThat(Integer.parseInt(kilobytes.split("\t", -1)[0])).isLessThanOrEqualTo(8);
    assertThat(container().texts()).hasSize(100_000);
    container().out("more\n");
    container().takeOver(OPTIONS);
    assertThat(container().texts()).hasSize(100_001).endsWith("more\n");
  }

  @Test
  void whereNothingTellsHowFarTheLogWasWhatWasGivenBackIsNotReadAsZeros() throws Exception {
    container().out("x".repeat(99).concat("\n").repeat(100_000));
    container().takeOver(OPTIONS);
    Files.delete(folder.resolve("json.log"));
    container().out("more\n");
    container().takeOver(OPTIONS);
    assertThat(container().texts()).hasSizeLessThan(100).endsWith("more\n");
    assertThat(container().json()).doesNotContain("u0000");
  }

  @Test
  void norWhereAnOlderFileTellsLess() throws Exception {
    container().out("x".repeat(99).concat("\n").repeat(10_000));
    container().takeOver(Printing.options(1_000_000, 10));
    Files.delete(folder.resolve("json.log"));
    container().out("more\n");
    container().takeOver(OPTIONS);
    assertThat(container().texts()).endsWith("more\n");
    assertThat(container().json()).doesNotContain("u0000");
  }

  @Test
  void aLogWhoseFileSomebodyDeletesGoesOn() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(500, 2))) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out("1\n");
      assertThat(cursor.next()).isPresent();
      Files.delete(folder.resolve("json.log"));
      container().out("2\n3\n4\n5\n6\n7\n8\n9\n");
      log.finish();
      assertThat(Printing.texts(Printing.all(log, LogQuery.everything().tail(2)))).endsWith("9\n");
      cursor.close();
    }
  }

  @Test
  void aLogIsOpenedOnce() throws Exception {
    try (Logs logs = new Logs()) {
      ContainerLog log = logs.open(folder, OPTIONS);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> logs.open(folder.resolve("."), OPTIONS));
      log.close();
      logs.open(folder, OPTIONS).close();
      log.close();
    }
  }

  @Test
  void aContainerThatPrintsAllTheTimeIsLookedAtAndThenWatchedAgain() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, OPTIONS);
        OutputStream out = container().open(LogStream.STDOUT)) {
      log.collect();
      try (LogCursor cursor = log.read(LogQuery.everything().following())) {
        for (int round = 0; round < 3; round++) {
          for (int i = 0; i < 100_000; i++) {
            out.write('x');
            out.write('\n');
          }
          for (int i = 0; i < 100_000; i++) {
            assertThat(cursor.next()).isPresent();
          }
          Thread.sleep(150);
        }
      }
    }
  }

  @Test
  void whenTheLogCannotBeWrittenNothingIsLost() throws Exception {
    Path obstacle = Files.createDirectories(folder.resolve("json.log.1/in the way"));
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(200, 2))) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out("1\n2\n3\n4\n5\n6\n");
      assertThat(cursor.next().orElseThrow().text()).isEqualTo("1\n");
      Thread.sleep(300);
      assertThatExceptionOfType(java.io.IOException.class).isThrownBy(log::finish);
      Files.delete(obstacle);
      Files.delete(obstacle.getParent());
      log.finish();
      assertThat(Printing.texts(Printing.rest(cursor)))
          .containsExactly("2\n", "3\n", "4\n", "5\n", "6\n");
      cursor.close();
    }
  }

  @Test
  void oneThreadServesManyContainers() throws Exception {
    int containers = 200;
    try (Logs logs = new Logs()) {
      List<Printing> printing = new java.util.ArrayList<>();
      List<LogCursor> cursors = new java.util.ArrayList<>();
      int threads = Thread.getAllStackTraces().size();
      for (int i = 0; i < containers; i++) {
        Printing one = new Printing(Files.createDirectory(folder.resolve("c" + i)));
        ContainerLog log = logs.open(one.folder(), OPTIONS);
        log.collect();
        printing.add(one);
        cursors.add(log.read(LogQuery.everything().following()));
      }
      assertThat(Thread.getAllStackTraces()).hasSizeLessThanOrEqualTo(threads + 2);
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < containers; i++) {
          printing.get(i).out(i + " " + round + "\n");
        }
        for (int i = 0; i < containers; i++) {
          assertThat(cursors.get(i).next().orElseThrow().text()).isEqualTo(i + " " + round + "\n");
        }
      }
      cursors.forEach(LogCursor::close);
    }
  }

  @Test
  void closingTheLogsEndsFollowersAndThreads() throws Exception {
    Logs logs = new Logs();
    ContainerLog log = logs.open(folder, OPTIONS);
    log.collect();
    LogCursor cursor = log.read(LogQuery.everything().following());
    Thread closer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Thread.sleep(Duration.ofMillis(100));
              } catch (InterruptedException _) {
                return;
              }
              logs.close();
            });
    assertThat(cursor.next()).isEmpty();
    cursor.close();
    closer.join();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("pouch-logs");
    assertThatExceptionOfType(java.io.IOException.class).isThrownBy(log::collect);
  }
}
