package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Dumps of several formats in one file, and the forms in which tools write text.
class MixedInputTest {
  /// Each has one thread, in this function.
  private enum Form {
    GO_DEBUG2("main.debug2", "goroutine 7 [select]:\nmain.debug2()\n\t/main.go:7 +0x1d\n"),
    GO_DEBUG1(
        "main.debug1",
        "goroutine profile: total 1\n1 @ 0x1\n#\t0x1\tmain.debug1+0x1\t/main.go:1\n\n"),
    JSTACK(
        "acme.Jstack.f",
        """
        Full thread dump OpenJDK 64-Bit Server VM (25+36 mixed mode):

        "main" #1 [7] prio=5 os_prio=0 cpu=1.00ms elapsed=1.00s tid=0x1 nid=7 waiting on condition [0x2]
           java.lang.Thread.State: WAITING (parking)
        \tat acme.Jstack.f(Jstack.java:7)

        JNI global refs: 1, weak refs: 0

        """),
    DUMP_TO_FILE(
        "acme.ToFile.run",
        """
        4711
        2026-01-02T03:04:05Z
        25+36

        #1 "main" WAITING 2026-01-02T03:04:05Z
            at acme.ToFile.run(ToFile.java:7)

        """),
    JVM_JSON(
        "acme.JvmJson.f",
        """
        {
          "threadDump": {
            "processId": "4711",
            "time": "2026-01-02T03:04:05Z",
            "runtimeVersion": "25+36",
            "threadContainers": [
              {
                "container": "<root>",
                "parent": null,
                "owner": null,
                "threads": [
                  {
                    "tid": "1",
                    "name": "main",
                    "stack": [ "acme.JvmJson.f(JvmJson.java:7)" ]
                  }
                ],
                "threadCount": "1"
              }
            ]
          }
        }
        """),
    OUR_JSON(
        "acme.Ours.f",
        "{\"schema\":\"groundhog.dump/1\",\"stacks\":[{\"index\":0,\"frames\":[{\"function\":"
            + "\"acme.Ours.f\"}]}],\"threads\":[{\"kind\":\"VIRTUAL\",\"stack\":0}]}\n");

    final String function;
    final String text;

    Form(String function, String text) {
      this.function = function;
      this.text = text;
    }
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Form.values())
        .flatMap(a -> Stream.of(Form.values()).map(b -> Arguments.of(a, b)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void eachOfTwoIsGivenInOrder(Form first, Form second) throws IOException {
    for (String between : List.of("", "\n", "\r\n\n", "INFO a line of a log\n")) {
      if (first == Form.GO_DEBUG2 && second == first && !between.isEmpty()) {
        continue; // goroutines of one dump have a blank line between them
      }
      List<Dump> dumps = read(first.text + between + second.text);
      assertThat(functions(dumps)).containsExactly(first.function, second.function);
      if (!between.startsWith("INFO")) {
        assertThat(dumps).allSatisfy(dump -> assertThat(dump.warnings()).isEmpty());
      }
    }
  }

  @Test
  void manyByTurns() throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> functions = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      for (Form form : Form.values()) {
        text.append(form.text).append(form == Form.GO_DEBUG2 ? "\n" : "");
        functions.add(form.function);
      }
    }
    assertThat(functions(read(text.toString()))).isEqualTo(functions);
  }

  @Test
  void moreChangesThanAnybodyWritesAreRefused() {
    String turn = Form.OUR_JSON.text + "x\n";
    assertThatThrownBy(() -> read(turn.repeat(1_000)))
        .isInstanceOfSatisfying(
            DumpException.class, e -> assertThat(e.code()).isEqualTo(DumpException.Code.TOO_LARGE));
  }

  @Test
  void anArrayOfDumpsIsRead() throws IOException {
    String ours = Form.OUR_JSON.text.strip();
    String jvms = Form.JVM_JSON.text.strip();
    for (String text :
        List.of(
            "[" + ours + "," + jvms + "]",
            "[\n  " + ours + ",\n  " + jvms + "\n]\n",
            " [ " + jvms.replace("\n", "\r\n") + " , " + ours + " ] ")) {
      assertThat(read(text)).hasSize(2);
      assertThat(functions(read(text + "\n" + Form.GO_DEBUG2.text)))
          .hasSize(3)
          .contains("main.debug2");
      assertThat(read(Form.GO_DEBUG2.text + text.strip())).hasSize(3);
    }
  }

  @Test
  void textBehindJsonMayBeginWithABracket() throws IOException {
    String log =
        Form.JSTACK.text.lines().map("[12:00:01] "::concat).reduce("", (a, b) -> a + b + "\n");
    assertThat(functions(read(Form.OUR_JSON.text + log)))
        .containsExactly("acme.Ours.f", "acme.Jstack.f");
  }

  @Test
  void aLogOfJsonMayHaveDumpsOfEveryFormBetweenItsLines() throws IOException {
    String log = "{\"level\":\"info\",\"msg\":\"said \\\"threadDump\\\": {\"}\n";
    for (Form form : Form.values()) {
      List<Dump> dumps = read(log + form.text + log + log);
      assertThat(functions(dumps)).containsExactly(form.function);
    }
  }

  @Test
  void aLogOfJsonBehindADumpMayHaveOthersInItsStrings() throws IOException {
    String escaped = Form.GO_DEBUG2.text.replace("\t", "\\t").replace("\n", "\\n");
    String log = "{\"level\":\"error\",\"msg\":\"%s\"}\n".formatted(escaped);
    for (Form form : List.of(Form.OUR_JSON, Form.JVM_JSON)) {
      assertThat(functions(read(form.text + log + form.text)))
          .containsExactly(form.function, "main.debug2", form.function);
    }
  }

  @Test
  void whatOnlyLooksLikeJsonCostsItsLine() throws IOException {
    String broken = "{\"log\":\"  \"threadDump\": {\\n\",\"stream\":\"stderr\"}\n";
    for (Form form : Form.values()) {
      assertThat(functions(read("x\n" + broken + form.text + broken)))
          .containsExactly(form.function);
    }
    assertThatThrownBy(() -> read("x\n" + broken))
        .isInstanceOf(DumpException.class)
        .hasMessageStartingWith("no thread dump in 2 lines");
  }

  @Test
  void behindABrokenDumpInJsonTextIsRead() throws IOException {
    for (Form json : List.of(Form.OUR_JSON, Form.JVM_JSON)) {
      String cut = json.text.substring(0, json.text.length() - 3) + "\n";
      for (Form text : List.of(Form.GO_DEBUG2, Form.GO_DEBUG1, Form.JSTACK)) {
        List<Dump> dumps = read(cut + text.text);
        assertThat(functions(dumps)).containsExactly(json.function, text.function);
        assertThat(dumps.getFirst().warnings()).isNotEmpty();
        assertThat(dumps.getLast().warnings()).isEmpty();
      }
    }
  }

  @Test
  void warningsBehindJsonCountItsLines() throws IOException {
    String cut = "goroutine profile: total 2\n1 @ 0x1\n#\t0x1\tmain.f+0x1\t/main.go:1\n\n";
    for (Form form : Form.values()) {
      Dump dump = read(form.text + cut).getLast();
      long lines = (form.text + cut).lines().count();
      assertThat(dump.warnings())
          .singleElement()
          .satisfies(warning -> assertThat(warning.line()).isEqualTo(lines));
    }
  }

  @Test
  void byteOrderMarksAreNoText() throws IOException {
    for (Form form : Form.values()) {
      assertThat(functions(read("\ufeff" + form.text))).containsExactly(form.function);
      assertThat(functions(read("\ufeff" + form.text + "\ufeff" + form.text)))
          .containsExactly(form.function, form.function);
    }
  }

  @Test
  void utf16IsReadByItsMark() throws IOException {
    for (Form form : Form.values()) {
      String text = "\ufeff" + form.text + "# \ud83d\ude00 " + "\ud83d\ude00".repeat(8_192) + "\n";
      assertThat(functions(read(text.getBytes(StandardCharsets.UTF_16LE))))
          .containsExactly(form.function);
      assertThat(functions(read(text.getBytes(StandardCharsets.UTF_16BE))))
          .containsExactly(form.function);
    }
  }

  private static List<String> functions(List<Dump> dumps) {
    return dumps.stream().map(dump -> dump.row(0).stack().frames().getFirst().function()).toList();
  }

  private static List<Dump> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Dump> read(byte[] bytes) throws IOException {
    return DumpReader.readAll(new ByteArrayInputStream(bytes));
  }
}
