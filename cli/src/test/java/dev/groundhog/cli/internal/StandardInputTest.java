package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `cat FILE | groundhog … -`, with a real second process at the end of a real pipe.
class StandardInputTest {
  private static final String DUMP =
      """
      goroutine 7 [chan receive, 4 minutes]:
      main.(*Server).logs(...)
      \t/src/logs.go:19 +0x1

      goroutine 8 [chan receive, 4 minutes]:
      main.(*Server).logs(...)
      \t/src/logs.go:19 +0x1
      """;

  @TempDir Path folder;

  private record Outcome(int exitCode, byte[] output, String errors) {
    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  @Test
  void textIsRead() throws Exception {
    Outcome outcome = groundhog(bytes(DUMP), "stack", "-");
    assertThat(outcome.exitCode()).as(outcome.errors()).isZero();
    assertThat(outcome.text())
        .startsWith("standard input: 2 threads at 1 stack\n")
        .contains("main.(*Server).logs");
  }

  @Test
  void aBinaryProfileIsReadAndWritten() throws Exception {
    ByteArrayOutputStream profile = new ByteArrayOutputStream();
    DumpWriter.profile(read(bytes(DUMP)), profile);
    Outcome text = groundhog(profile.toByteArray(), "stack", "-", "--debug", "1");
    assertThat(text.exitCode()).as(text.errors()).isZero();
    assertThat(text.text()).startsWith("goroutine profile: total 2\n2 @ 0x0\n");
    Outcome binary = groundhog(profile.toByteArray(), "stack", "-", "--debug", "0");
    assertThat(binary.errors()).isEmpty();
    assertThat(read(binary.output()).row(0)).isEqualTo(read(profile.toByteArray()).row(0));
  }

  @Test
  void oneLookIsTakenHoweverLongACheckMayLast() throws Exception {
    Outcome outcome =
        groundhog(bytes(DUMP), "check", "-", "--absent", "Server.logs", "--within", "9h");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.LEAK);
    assertThat(outcome.text()).startsWith("leak: 2 threads have Server.logs");
    assertThat(groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec").exitCode()).isZero();
  }

  @Test
  void whatIsNoDumpIsToldInOneLine() throws Exception {
    for (String input : List.of("", "Then it was yesterday.\n", "\0\1\2")) {
      Outcome outcome = groundhog(bytes(input), "stack", "-");
      assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
      assertThat(outcome.text()).isEmpty();
      assertThat(outcome.errors().lines()).singleElement().asString().contains("standard input: ");
    }
  }

  @Test
  void aFolderOfThatNameIsNotMeant() throws Exception {
    Files.createDirectory(folder.resolve("-"));
    Outcome outcome = groundhog(bytes(DUMP), "stack", "-");
    assertThat(outcome.exitCode()).as(outcome.errors()).isZero();
    assertThat(outcome.text()).startsWith("standard input: 2 threads");
  }

  @Test
  void itCannotBeBothOfTwoDumps() throws Exception {
    for (String[] arguments :
        new String[][] {{"diff", "-", "-"}, {"leaks", "-", "--baseline", "-"}}) {
      Outcome outcome = groundhog(bytes(DUMP), arguments);
      assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
      assertThat(outcome.errors().lines())
          .singleElement()
          .asString()
          .contains("only one of the two can be standard input");
    }
    Path before = Files.writeString(folder.resolve("before"), DUMP);
    assertThat(groundhog(bytes(DUMP), "diff", before.toString(), "-").exitCode()).isZero();
    Outcome leaks = groundhog(bytes(DUMP), "leaks", "-", "--baseline", before.toString());
    assertThat(leaks.text()).contains("2 threads suspected in standard input");
  }

  @Test
  void aCheckOfADumpThatLostThreadsIsNoPass() throws Exception {
    String cut = DUMP + "\ngoroutine 9 [chan rec";
    Path xml = folder.resolve("check.xml");
    Outcome outcome =
        groundhog(bytes(cut), "check", "-", "--absent", "Server.exec", "--junit", xml.toString());
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.text())
        .startsWith("unknown: Server.exec on no stack that could be read in standard input\n")
        .contains("warning: line 9: ");
    assertThat(xml).content().contains("errors=\"1\"", "the dump is incomplete");
    Outcome leak = groundhog(bytes(cut), "check", "-", "--absent", "Server.logs");
    assertThat(leak.exitCode()).isEqualTo(CommandLines.LEAK);
    assertThat(leak.text()).startsWith("leak: 2 threads").contains("warning: line 9: ");
  }

  @Test
  void ofSeveralDumpsTheLastIsLookedAtAndThatIsTold() throws Exception {
    Path before = Files.writeString(folder.resolve("before"), DUMP + DUMP + DUMP);
    Outcome check = groundhog(bytes(DUMP + DUMP), "check", "-", "--absent", "Server.exec");
    assertThat(check.text()).contains("note: of 2 dumps the last is looked at");
    Outcome leaks = groundhog(bytes(DUMP + DUMP), "leaks", "-", "--baseline", before.toString());
    assertThat(leaks.text())
        .contains("of 2 dumps the last is looked at")
        .contains("the baseline: of 3 dumps the last is looked at");
    Outcome one = groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec");
    assertThat(one.text()).doesNotContain("the last");
  }

  @Test
  void aFileIsNotLookedAtTwice() throws Exception {
    Outcome outcome = groundhog(bytes(DUMP), "leaks", "-", "--looks", "3");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(outcome.errors()).contains("a file is one look");
  }

  @Test
  void aDurationNeedsAUnit() throws Exception {
    Outcome outcome =
        groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec", "--within", "10");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(outcome.errors()).contains("'10' is no duration", "10s");
    assertThat(
            groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec", "--within", "0")
                .exitCode())
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "-1s", "9999999999s"})
  void aGraceTimeThatIsNoneIsWrongUsage(String time) throws Exception {
    Outcome outcome = groundhog(bytes(DUMP), "leaks", "-", "--grace", time);
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(outcome.text()).isEmpty();
    assertThat(outcome.errors()).contains("'--grace'", "'" + time + "' is no duration", "--help");
  }

  @Test
  void aDumpInAFileTellsWhoseClientIsGone() throws Exception {
    String json =
        """
        {"schema":"groundhog.dump/1","stacks":[{"frames":[{"function":"acme.Logs.handle"}]}],
        "threads":[{"kind":"VIRTUAL","id":1,"stack":0,"clientGoneSeconds":12},
        {"kind":"VIRTUAL","id":2,"stack":0,"clientGoneSeconds":3},
        {"kind":"VIRTUAL","id":3,"stack":0}]}
        """;
    Outcome usual = groundhog(bytes(json), "leaks", "-");
    assertThat(usual.exitCode()).as(usual.errors()).isEqualTo(CommandLines.LEAK);
    assertThat(usual.text()).startsWith("1 thread abandoned in standard input, 3 threads\n");
    Outcome impatient = groundhog(bytes(json), "leaks", "-", "--grace", "2s");
    assertThat(impatient.text()).startsWith("2 threads abandoned in standard input, 3 threads\n");
    Outcome patient = groundhog(bytes(json), "leaks", "-", "--grace", "1h");
    assertThat(patient.exitCode()).isEqualTo(CommandLines.OK);
    assertThat(patient.text()).startsWith("nothing suspected in standard input, 3 threads\n");
  }

  @Test
  void aCheckFailsWhileAThreadIsAbandoned() throws Exception {
    byte[] dump = bytes(Results.ABANDONED);
    Path xml = folder.resolve("check.xml");
    Outcome leak = groundhog(dump, "check", "-", "--abandoned", "--junit", xml.toString());
    assertThat(leak.exitCode()).as(leak.errors()).isEqualTo(CommandLines.LEAK);
    assertThat(leak.text())
        .startsWith(
            """
            leak: 2 threads abandoned in standard input
            note: 1 thread works for a client who left less than 10.0 s ago, which is not held against it yet

            2 virtual threads, WAITING (latch), waiting 15 s, {route=/logs}
                because their clients have been gone for 12 to 14 s, the grace time is 10 s
                #1, #2
                  java.util.concurrent.CountDownLatch.await\
            """)
        .doesNotContain("to expect it");
    assertThat(xml).content().contains("tests=\"1\"", "failures=\"1\"");
    Outcome impatient = groundhog(dump, "check", "-", "--abandoned", "--grace", "2s");
    assertThat(impatient.text()).startsWith("leak: 3 threads abandoned in standard input\n\n");
    Outcome patient = groundhog(dump, "check", "-", "--abandoned", "--grace", "10m");
    assertThat(patient.exitCode()).as(patient.text()).isEqualTo(CommandLines.OK);
    assertThat(patient.text())
        .isEqualTo(
            """
            ok: none abandoned of 3 threads in standard input
            note: 3 threads work for clients who left less than 600.0 s ago, which is not held against them yet
            """);
  }

  @Test
  void aCheckForFunctionsAndAbandonedThreadsTellsOfBoth() throws Exception {
    byte[] dump = bytes(Results.ABANDONED);
    Outcome both = groundhog(dump, "check", "-", "--absent", "Logs.handle", "--abandoned");
    assertThat(both.exitCode()).as(both.errors()).isEqualTo(CommandLines.LEAK);
    assertThat(both.text())
        .startsWith(
            "leak: 3 threads have Logs.handle on the stack, 2 threads abandoned in standard input\n");
    Outcome one = groundhog(dump, "check", "-", "--abandoned", "--absent", "Logs.never");
    assertThat(one.text()).startsWith("leak: 2 threads abandoned in standard input\n");
    Outcome none =
        groundhog(dump, "check", "-", "--absent", "Logs.never", "--abandoned", "--grace", "10m");
    assertThat(none.exitCode()).as(none.text()).isEqualTo(CommandLines.OK);
    assertThat(none.text())
        .startsWith("ok: Logs.never on no stack, none abandoned of 3 threads in standard input\n");
  }

  @Test
  void aDumpThatDoesNotTellWhoseClientsHaveGoneIsNoPass() throws Exception {
    Outcome outcome = groundhog(bytes(DUMP), "check", "-", "--abandoned");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.text())
        .startsWith("unknown: none abandoned that could be read in standard input\n")
        .contains("warning: this dump does not tell whose clients have gone");
  }

  @Test
  void aCheckOfWhatADumpDoesNotMarkAndAGraceTimeForNothingAreWrongUsage() throws Exception {
    Outcome nothing = groundhog(bytes(DUMP), "check", "-");
    assertThat(nothing.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(nothing.errors())
        .contains("does not tell which functions are marked @LeakProne", "--absent");
    Outcome grace =
        groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec", "--grace", "10s");
    assertThat(grace.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(grace.text()).isEmpty();
    assertThat(grace.errors()).contains("--grace", "give --abandoned too", "--help");
  }

  @Test
  void aCheckTellsOfFramesThatTheRuntimeLeftOut() throws Exception {
    String text =
        DUMP.replace(
            "\t/src/logs.go:19 +0x1\n\n", "\t/src/logs.go:19 +0x1\n...7 frames elided...\n\n");
    Outcome outcome = groundhog(bytes(text), "check", "-", "--absent", "Server.exec");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.text())
        .contains("warning: stacks from which the runtime left out frames: 1");
  }

  @Test
  void aJunitReportThatCannotBeWrittenHidesNoLeak() throws Exception {
    String nowhere = folder.resolve("nowhere/check.xml").toString();
    Outcome leak =
        groundhog(bytes(DUMP), "check", "-", "--absent", "Server.logs", "--junit", nowhere);
    assertThat(leak.exitCode()).isEqualTo(CommandLines.LEAK);
    assertThat(leak.text()).contains("main.(*Server).logs");
    assertThat(leak.errors()).contains("groundhog: cannot write the JUnit report " + nowhere);
    Outcome pass =
        groundhog(bytes(DUMP), "check", "-", "--absent", "Server.exec", "--junit", nowhere);
    assertThat(pass.exitCode()).isEqualTo(CommandLines.UNREADABLE);
  }

  @Test
  void aFullDiskIsTold() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    Outcome outcome = groundhog(full, List.of(), bytes(DUMP), "stack", "-");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.errors().lines())
        .singleElement()
        .asString()
        .startsWith("groundhog: standard output: ");
  }

  @Test
  void suppressionsThatCannotBeReadAreWrongUsage() throws Exception {
    String nowhere = folder.resolve("nowhere").toString();
    Outcome outcome = groundhog(bytes(DUMP), "leaks", "-", "--suppressions", nowhere);
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.USAGE);
    assertThat(outcome.errors()).contains("--suppressions takes a file", nowhere, "--help");
  }

  @Test
  void tooLittleMemoryIsToldInOneLineAndIsNoLeak() throws Exception {
    StringBuilder distinct = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      distinct.append(
          "goroutine %d [select]:\nmain.f%d(...)\n\t/src/f%d.go:1\n\n".formatted(i + 1, i, i));
    }
    Outcome outcome =
        groundhog(
            List.of("-Xmx12m", "-XX:+UseSerialGC"),
            bytes(distinct.toString()),
            "check",
            "-",
            "--absent",
            "main.nothing");
    assertThat(outcome.exitCode()).isEqualTo(CommandLines.UNREADABLE);
    assertThat(outcome.errors().lines())
        .singleElement()
        .asString()
        .startsWith("groundhog: not enough memory; give it more: java -Xmx");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Dump read(byte[] bytes) throws IOException {
    return DumpReader.readAll(new ByteArrayInputStream(bytes)).getFirst();
  }

  private Outcome groundhog(byte[] input, String... arguments) throws Exception {
    return groundhog(List.of(), input, arguments);
  }

  private Outcome groundhog(List<String> ofJava, byte[] input, String... arguments)
      throws Exception {
    Outcome outcome = groundhog(folder.resolve("output"), ofJava, input, arguments);
    return new Outcome(
        outcome.exitCode(), Files.readAllBytes(folder.resolve("output")), outcome.errors());
  }

  private Outcome groundhog(Path output, List<String> ofJava, byte[] input, String... arguments)
      throws Exception {
    String places =
        String.join(
            File.pathSeparator,
            Stream.of("jdk.module.path", "java.class.path")
                .map(name -> System.getProperty(name, ""))
                .filter(value -> !value.isEmpty())
                .toList());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ofJava);
    Collections.addAll(command, "-cp", places, "dev.groundhog.cli.Main");
    Collections.addAll(command, arguments);
    File errors = folder.resolve("errors").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors)
            .start();
    try {
      try (OutputStream pipe = process.getOutputStream()) {
        pipe.write(input);
      } catch (IOException _) { // it may end before it has read all
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), new byte[0], Files.readString(errors.toPath()));
  }
}
