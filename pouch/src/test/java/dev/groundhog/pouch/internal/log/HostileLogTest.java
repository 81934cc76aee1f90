package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A `json.log` with what nobody should have written there.
@Timeout(60)
class HostileLogTest {
  private static final String GOOD =
      "{\"log\":\"good\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30.491895309Z\"}";

  @TempDir Path folder;

  private Printing container() {
    return new Printing(folder);
  }

  private List<String> read(String... lines) throws Exception {
    Files.writeString(folder.resolve("json.log"), String.join("\n", lines) + "\n");
    return container().texts();
  }

  @Test
  void linesOfDockerAndPouchAreRead() throws Exception {
    assertThat(
            read(
                GOOD,
                "{\"stream\":\"stderr\",\"log\":\"p\\u003c\\n\",\"time\":\"2018-01-02T03:04:05+01:00\"}",
                " { \"more\" : [1, {\"a\": null}, -2e5, true, {}, []] , \"log\":\"x\\ud83d\\ude00\\/\\t\\b\\f\",\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30Z\" } ",
                "{\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30Z\"}"))
        .as("one without text is none")
        .containsExactly("good\n", "p<\n", "x😀/\t\b\f");
  }

  @Test
  void whatIsNoEntryIsLeftOut() throws Exception {
    List<String> lines = new ArrayList<>();
    for (String bad :
        List.of(
            "",
            "garbage",
            "\0\0\0\0",
            "{",
            "{}",
            "[]",
            "null",
            "{\"log\":\"no time\",\"stream\":\"stdout\"}",
            "{\"log\":\"no stream\",\"time\":\"2026-11-25T22:01:30Z\"}",
            "{\"log\":\"bad stream\",\"stream\":\"stdin\",\"time\":\"2026-11-25T22:01:30Z\"}",
            "{\"log\":\"bad time\",\"stream\":\"stdout\",\"time\":\"2026-13-45T22:01:30Z\"}",
            "{\"log\":\"bad time\",\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30.Z\"}",
            "{\"log\":\"bad time\",\"stream\":\"stdout\",\"time\":\"\"}",
            "{\"log\":\"bad escape \\x\",\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30Z\"}",
            "{\"log\":\"bad escape \\u12\",\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30Z\"}",
            "{\"log\":7,\"stream\":\"stdout\",\"time\":\"2026-11-25T22:01:30Z\"}",
            GOOD + "x",
            GOOD.substring(0, GOOD.length() - 1),
            GOOD.replace("\"log\"", "\"raw\":[-1,0],\"log\""),
            GOOD.replace("\"log\"", "\"raw\":{},\"log\""),
            GOOD.replace("\"log\"", "\"x\":" + "[".repeat(100_000) + ",\"log\""),
            "x".repeat(3_000_000))) {
      lines.add(bad);
      lines.add(GOOD);
    }
    assertThat(read(lines.toArray(String[]::new))).hasSize(lines.size() / 2).containsOnly("good\n");
  }

  @Test
  void aLoneSurrogateIsAReplacementCharacter() throws Exception {
    assertThat(read(GOOD.replace("good", "\\ud83d|\\ude00|\\ud83d\\u0041")))
        .containsExactly("\ufffd|\ufffd|\ufffdA\n");
  }

  @Test
  void garbageBehindTheLastEntryIsCutAndTheLogGoesOn() throws Exception {
    container().out("1\n");
    container().takeOver(LogOptions.defaults());
    byte[] good = Files.readAllBytes(folder.resolve("json.log"));
    container().out("2\n");
    for (String garbage :
        List.of("\0".repeat(10_000), "\n\n\n", "{\"log\":\"", "x\n".repeat(50_000))) {
      try (OutputStream json = Files.newOutputStream(folder.resolve("json.log"))) {
        json.write(good);
        json.write(garbage.getBytes(StandardCharsets.UTF_8));
      }
      container().takeOver(LogOptions.defaults());
      assertThat(container().texts()).containsExactly("1\n", "2\n");
      assertThat(container().json()).startsWith(new String(good, StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatAContainerPrintsCannotForgeProgress() throws Exception {
    String forged = "\",\"raw\":[999,999]}\n" + GOOD.replace("}", ",\"raw\":[999,999]}") + "\n";
    container().out(forged);
    container().takeOver(LogOptions.defaults());
    container().out("after\n");
    container().takeOver(LogOptions.defaults());
    assertThat(String.join("", container().texts())).isEqualTo(forged + "after\n");
  }

  @Test
  void whatAnyBytesBecomeIsReadBackAsTheyWere() throws Exception {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      int c = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x80);
      text.appendCodePoint(Character.isValidCodePoint(c) && (c < 0xd800 || c > 0xdfff) ? c : 'x');
      if (random.nextInt(50) == 0) {
        text.append('\n');
      }
    }
    container().out(text.append('\n').toString());
    container().takeOver(Printing.options(10_000, 1000));
    assertThat(String.join("", container().texts())).isEqualTo(text.toString());
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> file.toString().contains("json.log")).toList()) {
        for (String line : Files.readString(file).split("\n", -1)) {
          if (!line.isEmpty()) {
            var tree = new tools.jackson.databind.ObjectMapper().readTree(line);
            assertThat(text.toString()).contains(tree.get("log").asString());
          }
        }
      }
    }
  }
}
