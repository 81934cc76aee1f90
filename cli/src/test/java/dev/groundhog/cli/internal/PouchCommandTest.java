package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `pouch …` as it is typed, in a JVM of its own, against a daemon in another.
class PouchCommandTest {
  private static final long TIMEOUT_SECONDS = 120;

  @TempDir static Path folder;
  private static Process daemon;

  private record Outcome(int exitCode, String text, String errors) {
    String only() {
      assertThat(exitCode).as(errors).isZero();
      return text.strip();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "containers are made on Linux only");
    daemon =
        java(
                "pouchd",
                "--host",
                host(),
                "--data-root",
                folder.resolve("root").toString(),
                "--runtime",
                "process")
            .redirectError(folder.resolve("daemon").toFile())
            .start();
    String line = daemon.inputReader().readLine();
    assertThat(line).as(Files.readString(folder.resolve("daemon"))).startsWith("listening on");
  }

  @AfterAll
  static void end() throws Exception {
    if (daemon == null) {
      return;
    }
    try {
      for (String line : pouch("ps", "-a").text().lines().skip(1).toList()) {
        pouch("rm", "-f", line.substring(0, 12));
      }
    } finally {
      daemon.destroy();
      if (!daemon.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    }
  }

  private static String host() {
    return "unix://" + folder.resolve("s");
  }

  private static ProcessBuilder java(String... arguments) {
    String places =
        String.join(
            File.pathSeparator,
            Stream.of("jdk.module.path", "java.class.path")
                .map(name -> System.getProperty(name, ""))
                .filter(value -> !value.isEmpty())
                .toList());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String exported : List.of("java.base/jdk.internal.vm", "java.base/sun.nio.ch")) {
      Collections.addAll(command, "--add-exports", exported + "=ALL-UNNAMED");
    }
    Collections.addAll(command, "--add-opens", "java.base/java.lang=ALL-UNNAMED");
    Collections.addAll(command, "-cp", places, "dev.groundhog.cli.Main");
    Collections.addAll(command, arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("POUCH_HOST");
    return builder;
  }

  private static ProcessBuilder asking(String... arguments) {
    List<String> all = new ArrayList<>(List.of("pouch"));
    Collections.addAll(all, arguments);
    ProcessBuilder builder = java(all.toArray(String[]::new));
    builder.environment().put("POUCH_HOST", host());
    builder.environment().put("FROM_HERE", "seen");
    return builder;
  }

  /// By this JVM, and so by what it starts.
  private static boolean isInterruptIgnored() throws IOException {
    String mask =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findAny()
            .orElseThrow();
    int bit = 1 << (2 - 1); // SIGINT is 2
    return (Long.parseUnsignedLong(mask, 16) & bit) != 0;
  }

  private static Outcome pouch(String... arguments) throws Exception {
    return outcome(asking(arguments));
  }

  private static Outcome outcome(ProcessBuilder builder) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void theArticlesLineRunsAndItsContainerIsListed() throws Exception {
    Outcome run = pouch("run", "-d", "busybox", "sh", "-c", "while true; do sleep 1; done");
    String id = run.only();
    assertThat(id).matches("\\p{XDigit}{64}");
    assertThat(run.errors().lines())
        .singleElement()
        .asString()
        .startsWith("WARNING: ")
        .contains("isolates nothing");
    List<String> lines = pouch("ps").only().lines().toList();
    assertThat(lines.getFirst())
        .matches("CONTAINER ID   IMAGE     COMMAND +CREATED +STATUS +NAMES");
    String row =
        lines.stream()
            .filter(line -> line.startsWith(id.substring(0, 12)))
            .findFirst()
            .orElseThrow();
    assertThat(row).matches("\\p{XDigit}{12}   busybox   \"sh -c .{13}…\" +.+ ago +Up .+ +\\w+");
    assertThat(pouch("stop", "-t", "0", id).only()).isEqualTo(id);
    assertThat(pouch("ps").text()).doesNotContain(id.substring(0, 12));
    // Of the two signals, which come one right behind the other, either may have ended it.
    assertThat(pouch("ps", "-a").text())
        .containsPattern(id.substring(0, 12) + " .* Exited \\((137|143)\\) ");
    assertThat(pouch("rm", id).only()).isEqualTo(id);
    assertThat(pouch("ps", "-a").text()).doesNotContain(id.substring(0, 12));
  }

  @Test
  void whatFollowsTheImageBelongsToTheCommand() throws Exception {
    Path words = Files.writeString(folder.resolve("words"), "expanded");
    pouch(
            "run",
            "-d",
            "--name",
            "words",
            "-e",
            "A=b c",
            "-e",
            "FROM_HERE",
            "-e",
            "NOWHERE",
            "-w",
            "/tmp",
            "-l",
            "role=test",
            "busybox",
            "sh",
            "-c",
            "echo \"$@\" $A $FROM_HERE; pwd",
            "sh",
            "-e",
            "--name",
            "--",
            "-h",
            "@" + words)
        .only();
    assertThat(pouch("logs", "-f", "words").only())
        .isEqualTo("-e --name -- -h @" + words + " b c seen\n/tmp");
  }

  @Test
  void logsComeApartAndAsBytes() throws Exception {
    pouch(
            "run",
            "-d",
            "--name",
            "apart",
            "busybox",
            "sh",
            "-c",
            "printf 'a\\033[2J\\n'; echo err >&2; echo b")
        .only();
    Outcome logs = pouch("logs", "-f", "apart");
    assertThat(logs.only()).isEqualTo("a\u001b[2J\nb");
    assertThat(logs.errors()).isEqualTo("err\n");
  }

  @Test
  void linesAreChosenByNumberAndTime() throws Exception {
    pouch("run", "-d", "--name", "lines", "busybox", "sh", "-c", "echo a; echo b").only();
    assertThat(pouch("logs", "-f", "lines").only()).isEqualTo("a\nb");
    assertThat(pouch("logs", "--tail", "1", "lines").only()).isEqualTo("b");
    assertThat(pouch("logs", "-t", "lines").text().lines())
        .allSatisfy(line -> assertThat(line).matches("\\d{4}-\\d\\d-\\d\\dT.{18}Z .+"));
    assertThat(pouch("logs", "--since", "1h", "lines").only()).isEqualTo("a\nb");
    assertThat(pouch("logs", "--until", "1h", "lines").only()).isEmpty();
  }

  @Test
  void whoFollowsAndIsInterruptedEndsAtOnce() throws Exception {
    Assumptions.assumeFalse(
        isInterruptIgnored(), "SIGINT is ignored here, as in the background of a script");
    pouch(
            "run",
            "-d",
            "--name",
            "followed",
            "busybox",
            "sh",
            "-c",
            "echo ready; while true; do sleep 1; done")
        .only();
    Process follower =
        asking("logs", "-f", "followed").redirectError(folder.resolve("follower").toFile()).start();
    try (BufferedReader out = follower.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      assertThat(follower.isAlive()).isTrue();
      new ProcessBuilder("kill", "-INT", Long.toString(follower.pid())).start().waitFor();
      assertThat(follower.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(follower.exitValue()).isEqualTo(130);
      assertThat(folder.resolve("follower")).isEmptyFile();
    } finally {
      follower.destroyForcibly();
    }
    assertThat(pouch("kill", "followed").only()).isEqualTo("followed");
  }

  @Test
  void aFullDiskIsTold() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
    pouch("run", "-d", "--name", "printing", "busybox", "echo", "text").only();
    pouch("logs", "-f", "printing").only();
    File errors = folder.resolve("full").toFile();
    Process logs =
        asking("logs", "printing")
            .redirectOutput(new File("/dev/full"))
            .redirectError(errors)
            .start();
    assertThat(logs.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(logs.exitValue()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(errors).content().startsWith("pouch: standard output: ").hasLineCount(1);
  }

  @Test
  void oneThatIsNotThereKeepsNobodyFromTheNext() throws Exception {
    pouch("run", "-d", "--name", "there", "busybox", "true").only();
    Outcome outcome = pouch("rm", "-f", "nobody", "there");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.text()).isEqualTo("there\n");
    assertThat(outcome.errors()).isEqualTo("pouch: No such container: nobody\n");
  }

  @Test
  void versionTellsOfBoth() throws Exception {
    assertThat(pouch("version").only())
        .matches(
            "(?s)Client:\n Version: .*\n API version: +1\\.24\n\nServer:\n Version: .*"
                + "API version: +1\\.\\d+ \\(minimum version 1\\.\\d+\\)\n OS/Arch: +linux/\\w+");
  }

  @Test
  void aDaemonThatIsNotThereIsToldWithWhatToDo() throws Exception {
    String nowhere = "unix://" + folder.resolve("nowhere");
    Outcome outcome = pouch("-H", nowhere, "ps");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.text()).isEmpty();
    assertThat(outcome.errors().lines())
        .singleElement()
        .asString()
        .startsWith("pouch: no daemon answers at " + nowhere)
        .contains("pouchd --host " + nowhere + " --data-root DIR", "POUCH_HOST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run busybox true | run needs -d",
        "run -d | IMAGE",
        "run -d -m much busybox true | no size",
        "-H http://localhost ps | unix:///PATH or tcp://HOST:PORT",
        "logs --tail some x | --tail takes a number of lines or all",
        "logs --since yesterday x | no time",
        "stop -t -1 x | --time takes 0 to",
        "load -i /no/such/file | a file that can be read",
        "exec x | COMMAND",
        "attach x | attach",
      })
  void wrongUsageIsToldInOneLine(String arguments, String words) throws Exception {
    Outcome outcome = pouch(arguments.split(" ", -1));
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(outcome.text()).isEmpty();
    assertThat(outcome.errors().lines())
        .singleElement()
        .asString()
        .startsWith("pouch: ")
        .contains(words, "--help");
  }
}
