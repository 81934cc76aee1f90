package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.ThreadWriter;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `debug=2` with labels, which is ours and Go 1.27's, is read back as it was.
class LabelsInDebug2Test {
  private static final CallStack STACK = new CallStack(List.of(new Frame("main.f", "/m.go", 1)));

  @Test
  void labelsStandBehindTheStatusAndAreQuotedWhereTheyHaveToBe() throws IOException {
    DumpThread thread =
        goroutine(7, Map.of("route", "/logs/{id}", "method", "GET", "a key", ""))
            .waiting(Duration.ofMinutes(3))
            .lockedToThread(true)
            .build();
    assertThat(written(thread))
        .isEqualTo(
            """
            goroutine 7 [select, 3 minutes, locked to thread] \
            {"a key": "", method: GET, route: "/logs/{id}"}:
            main.f(...)
            \t/m.go:1 +0x0
            """);
    assertThat(Dumps.rows(read(thread))).containsExactly(thread);
  }

  @Test
  void aThreadWithoutLabelsIsWrittenAsWithoutThem() throws IOException {
    DumpThread thread = goroutine(7, Map.of()).build();
    StringBuilder plain = new StringBuilder();
    DumpWriter.goDebug2(plain).write(thread);
    assertThat(written(thread)).isEqualTo(plain.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "]:",
        "}:",
        "{",
        ":",
        ",",
        "a, b: c",
        "\"",
        "\\",
        "\\\"",
        "[running]:",
        "goroutine 8 [running]:",
        "\n\ngoroutine 8 [running]:\n",
        "\r\n",
        "\t",
        " ",
        " a ",
        "\0\1\33\177",
        "\u0085\u2028\u2029",
        "ünï😀",
        "\\n",
        "\\u0041",
        "labels:{a: b}",
        "3 minutes",
      })
  void anOddNameAndAnOddValueAreReadBack(String odd) throws IOException {
    DumpThread first = goroutine(7, Map.of(odd, "value", "key", odd)).build();
    DumpThread second = goroutine(8, Map.of(odd, odd)).build();
    assertThat(Dumps.rows(read(first, second))).containsExactly(first, second);
  }

  @Test
  void anEmptyNameAndAnEmptyValueAreReadBack() throws IOException {
    DumpThread thread = goroutine(7, Map.of("", "", "k", "")).build();
    assertThat(Dumps.rows(read(thread))).containsExactly(thread);
  }

  /// The reader knows a goroutine again by the text of its header and its frames.
  @Test
  void goroutinesThatDifferInTheirLabelsAloneAreNotTakenForEachOther() throws IOException {
    DumpThread[] threads = {
      goroutine(1, Map.of("route", "/a")).build(),
      goroutine(2, Map.of("route", "/b")).build(),
      goroutine(3, Map.of()).build(),
      goroutine(4, Map.of("route", "/a", "method", "GET")).build(),
      goroutine(5, Map.of("route", "/a")).build(),
    };
    assertThat(Dumps.rows(read(threads))).containsExactly(threads);
  }

  @Test
  void asManyAndAsLongLabelsAsAThreadCanHaveAreReadBack() throws IOException {
    Map<String, String> labels = new HashMap<>();
    for (int i = 100; i < 132; i++) {
      labels.put(i + "\"".repeat(253), "\1".repeat(256));
    }
    DumpThread thread = goroutine(7, labels).build();
    assertThat(Dumps.rows(read(thread))).containsExactly(thread);
  }

  private static DumpThread.Builder goroutine(long id, Map<String, String> labels) {
    return DumpThread.of(ThreadKind.GOROUTINE, STACK)
        .id(id)
        .state(ThreadState.WAITING)
        .waits(WaitKind.SELECT, "select")
        .labels(labels);
  }

  private static String written(DumpThread... threads) throws IOException {
    StringBuilder text = new StringBuilder();
    ThreadWriter writer = DumpWriter.goDebug2WithLabels(text);
    for (DumpThread thread : threads) {
      writer.write(thread);
    }
    return text.toString();
  }

  private static Dump read(DumpThread... threads) throws IOException {
    Dump dump = Dumps.only(written(threads).getBytes(StandardCharsets.UTF_8));
    assertThat(dump.warnings()).isEmpty();
    return dump;
  }
}
