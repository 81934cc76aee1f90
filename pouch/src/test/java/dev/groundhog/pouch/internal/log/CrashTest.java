package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Wherever the daemon was killed, the next one goes on there.
@Timeout(600)
class CrashTest {
  @TempDir Path folder;

  private Printing container() {
    return new Printing(folder);
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> i + "\n").toList();
  }

  private void copyTo(Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  /// Without the hole that the log made of it, as after a crash before that; the raw file must have
  /// no more than a block.
  private Printing crashed(int number) throws IOException {
    Path copy = folder.resolve("crashed" + number);
    copyTo(copy);
    return new Printing(copy);
  }

  @Test
  void aLogThatIsCutAtAnyByteIsTheSameAfterTheRestart() throws Exception {
    container().out("one\ntwo\nthree\n");
    container().err("err\n");
    container().out("\u20ac\"\\\nlast without end");
    container().takeOver(LogOptions.defaults());
    List<LogEntry> whole = container().entries(LogQuery.everything());
    byte[] json = Files.readAllBytes(folder.resolve("json.log"));
    assertThat(whole).hasSize(6);
    for (int cut = 0; cut <= json.length; cut++) {
      Printing crashed = crashed(cut);
      Files.write(crashed.folder().resolve("json.log"), java.util.Arrays.copyOf(json, cut));
      crashed.takeOver(LogOptions.defaults());
      List<LogEntry> entries = crashed.entries(LogQuery.everything());
      assertThat(Printing.texts(of(entries, LogStream.STDOUT)))
          .as("cut at %s", cut)
          .isEqualTo(Printing.texts(of(whole, LogStream.STDOUT)));
      assertThat(Printing.texts(of(entries, LogStream.STDERR)))
          .as("cut at %s", cut)
          .isEqualTo(Printing.texts(of(whole, LogStream.STDERR)));
    }
  }

  private static List<LogEntry> of(List<LogEntry> entries, LogStream stream) {
    return entries.stream().filter(entry -> entry.stream() == stream).toList();
  }

  @Test
  void aLongLineThatIsCutKeepsItsTime() throws Exception {
    String part = "x".repeat(Lines.PART_BYTES);
    container().out(part + part + "end\nnext\n");
    // Not given back to the disk: this log must be made anew.
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      try (LogCursor cursor = log.read(LogQuery.everything().following())) {
        for (int i = 0; i < 4; i++) {
          assertThat(cursor.next()).isPresent();
        }
      }
    }
    List<LogEntry> whole = container().entries(LogQuery.everything());
    byte[] json = Files.readAllBytes(folder.resolve("json.log"));
    int firstEnd = Lines.end(json, 0, json.length) + 1;
    int secondEnd = Lines.end(json, firstEnd, json.length) + 1;
    int number = 0;
    for (int cut : new int[] {firstEnd, firstEnd + 100, secondEnd, secondEnd + 1}) {
      Printing crashed = crashed(number++);
      Files.write(crashed.folder().resolve("json.log"), java.util.Arrays.copyOf(json, cut));
      crashed.takeOver(LogOptions.defaults());
      List<LogEntry> entries = crashed.entries(LogQuery.everything());
      assertThat(Printing.texts(entries)).isEqualTo(Printing.texts(whole));
      assertThat(entries.subList(0, 3))
          .extracting(LogEntry::time)
          .containsOnly(whole.getFirst().time());
    }
  }

  /// A rotation: `json.log.1` and `.2` exist, three files are kept. What there is after each step,
  /// and the first line of the new file cut at each byte.
  @Test
  void aRotationThatIsCutAnywhereLosesAndDoublesNothing() throws Exception {
    LogOptions options = Printing.options(300, 3);
    int lines = 13; // 3 files of 4 lines and one more: the first has expired
    Path kept = folder.resolve("json.log.kept.0");
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, options)) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out(String.join("", lines(0, lines)));
      for (int i = 0; i < lines; i++) {
        assertThat(cursor.next().orElseThrow().text()).isEqualTo(i + "\n");
      }
      cursor.close();
    }
    List<String> all = container().texts();
    byte[] newest = Files.readAllBytes(folder.resolve("json.log"));
    List<List<String>> states =
        List.of(
            List.of("json.log.2>json.log.1", "json.log.1>json.log"), // nothing is renamed yet
            List.of("json.log.1>json.log"), // a gap
            List.of()); // all are
    int number = 0;
    for (List<String> state : states) {
      Printing crashed = crashed(number++);
      Path in = crashed.folder();
      Files.delete(in.resolve("json.log"));
      List<String> backwards = new ArrayList<>(state);
      for (String rename : backwards.reversed()) {
        String[] names = rename.split(">", -1);
        Files.move(in.resolve(names[0]), in.resolve(names[1]));
      }
      crashed.takeOver(options);
      assertThat(crashed.texts())
          .as(state.toString())
          .endsWith(last(all, 4))
          .doesNotHaveDuplicates();
      assertThat(Files.exists(kept)).isFalse();
    }
    for (int cut = 0; cut < newest.length; cut++) {
      Printing crashed = crashed(number++);
      Files.write(crashed.folder().resolve("json.log"), java.util.Arrays.copyOf(newest, cut));
      crashed.takeOver(options);
      assertThat(crashed.texts()).as("cut at %s", cut).isEqualTo(all);
    }
  }

  private static String[] last(List<String> texts, int count) {
    return texts.subList(texts.size() - count, texts.size()).toArray(String[]::new);
  }

  @Test
  void withOneFileTheLastLineIsNeverOnlyInWhatIsDeleted() throws Exception {
    LogOptions options = Printing.options(300, 1);
    container().out("0\n1\n2\n4\n");
    container().takeOver(options);
    byte[] before = Files.readAllBytes(folder.resolve("json.log"));
    container().out("5\n");
    container().takeOver(options);
    assertThat(container().texts()).as("it was full").containsExactly("5\n");
    byte[] after = Files.readAllBytes(folder.resolve("json.log"));
    for (int cut = -1; cut < after.length; cut++) {
      Printing crashed = crashed(cut + 1);
      Files.write(crashed.folder().resolve("json.log.kept.0"), before);
      Files.delete(crashed.folder().resolve("json.log"));
      if (cut >= 0) {
        Files.write(crashed.folder().resolve("json.log"), java.util.Arrays.copyOf(after, cut));
      }
      crashed.takeOver(options);
      assertThat(crashed.texts()).as("cut at %s", cut).containsExactly("5\n");
      assertThat(crashed.folder().resolve("json.log.kept.0")).doesNotExist();
    }
  }

  @Test
  void manyKillsOfTheDaemonLoseAndDoubleNothing() throws Exception {
    killMany(LogOptions.DEFAULT_MAX_BYTES, 2, 8);
    assertThat(container().texts()).isEqualTo(lines(0, printed));
  }

  @Test
  void killsAmidRotationsLoseAndDoubleNothing() throws Exception {
    killMany(30_000, 1_000, 8);
    assertThat(container().texts()).isEqualTo(lines(0, printed));
  }

  @Test
  void killsAmidRotationsOfOneFileGoOnWhereTheyWere() throws Exception {
    killMany(300, 1, 6);
    List<String> texts = container().texts();
    assertThat(texts).isNotEmpty().isEqualTo(lines(printed - texts.size(), printed));
  }

  @Tag("long")
  @Test
  void hundredKillsLoseAndDoubleNothing() throws Exception {
    killMany(20_000, 20, 100);
    List<String> texts = container().texts();
    assertThat(texts).isEqualTo(lines(printed - texts.size(), printed)).hasSizeGreaterThan(2_000);
  }

  private int printed;

  /// A container prints numbers while a daemon in a second JVM is killed again and again.
  private void killMany(long maxBytes, int maxFiles, int kills) throws Exception {
    Random random = new Random(7);
    Thread printing = Thread.ofPlatform().start(this::print);
    for (int kill = 0; kill < kills; kill++) {
      Process daemon = daemon(maxBytes, maxFiles);
      assertThat(daemon.getInputStream().read()).isEqualTo('r');
      Thread.sleep(random.nextInt(150));
      daemon.destroyForcibly();
      assertThat(daemon.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    printing.interrupt();
    printing.join();
    assertThat(printed).isGreaterThan(1_000);
    container().takeOver(Printing.options(maxBytes, maxFiles));
  }

  @SuppressWarnings("BusyWait")
  private void print() {
    try (var out = container().open(LogStream.STDOUT)) {
      while (!Thread.currentThread().isInterrupted()) {
        StringBuilder burst = new StringBuilder();
        for (int i = 0; i < 10; i++) {
          burst.append(printed++).append('\n');
        }
        out.write(burst.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Thread.sleep(1);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException _) {
      // enough
    }
  }

  private Process daemon(long maxBytes, int maxFiles) throws IOException {
    String classes = Path.of("target/classes") + ":" + Path.of("target/test-classes");
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classes,
            Daemon.class.getName(),
            folder.toString(),
            String.valueOf(maxBytes),
            String.valueOf(maxFiles))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// A daemon that does nothing but to take over a log, with a follower that is behind.
  static final class Daemon {
    private Daemon() {}

    public static void main(String[] args) throws Exception {
      try (Logs logs = new Logs();
          ContainerLog log =
              logs.open(
                  Path.of(args[0]),
                  Printing.options(Long.parseLong(args[1]), Integer.parseInt(args[2])))) {
        log.collect();
        System.out.write('r');
        System.out.flush();
        try (LogCursor cursor = log.read(LogQuery.everything().following())) {
          Optional<LogEntry> entry;
          do {
            entry = cursor.next();
          } while (entry.isPresent());
        }
      }
    }
  }
}
