package dev.groundhog.dump.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.DumpException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Test
  void endsOfLineAreLfOrCrlfAndTheLastLineMayLackIt() throws DumpException {
    Lines lines = lines("a\r\n\nb\rc\n\r");
    assertThat(all(lines)).containsExactly("a", "", "b\rc", "");
    assertThat(lines.number()).isEqualTo(4);
    assertThat(lines.lastLineComplete()).isFalse();
    assertThat(lines.next()).isNull();
    assertThat(lines.lastLineComplete()).isFalse();
    Lines whole = lines("a\n");
    assertThat(all(whole)).containsExactly("a");
    assertThat(whole.lastLineComplete()).isTrue();
  }

  @Test
  void linesAreTheSameHoweverTheInputComesAndHoweverFarOneLooksAhead() throws DumpException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String line = "é".repeat(random.nextInt(20)) + "x".repeat(random.nextInt(500)) + i;
      expected.add(line);
      text.append(line).append('\n');
    }
    Lines lines = new Lines(new Content(inPieces(text.toString(), random)), 0);
    for (int i = 0; i < expected.size(); i++) {
      int distance = random.nextInt(64);
      String ahead = i + distance < expected.size() ? expected.get(i + distance) : null;
      assertThat(lines.peek(distance)).isEqualTo(ahead);
      assertThat(lines.number()).isEqualTo(i);
      assertThat(lines.next()).isEqualTo(expected.get(i));
    }
    assertThat(lines.next()).isNull();
  }

  @Test
  void aLineBeyondTheBoundIsCutAndTheNextOneIsWhole() throws DumpException {
    String text = "a\n" + "b".repeat(3 * Lines.MAX_LINE_BYTES) + "\nc\n" + "d".repeat(5_000_000);
    Lines lines = lines(text);
    assertThat(lines.peek(2)).isEqualTo("c");
    assertThat(lines.next()).isEqualTo("a");
    assertThat(lines.next()).isEqualTo("b".repeat(Lines.MAX_LINE_BYTES));
    assertThat(lines.next()).isEqualTo("c");
    assertThat(lines.number()).isEqualTo(3);
    assertThat(lines.next()).hasSize(Lines.MAX_LINE_BYTES);
    assertThat(lines.next()).isNull();
    assertThat(lines.lastLineComplete()).isFalse();
  }

  @Test
  void whatIsTakenByItsBytesIsNotGivenAsTextAgain() throws DumpException {
    Lines lines = lines("one\ntwo\nthree\nfour\n");
    assertThat(lines.next()).isEqualTo("one");
    assertThat(lines.peek(1)).isEqualTo("three");
    byte[] window = lines.window();
    int start = lines.windowStart();
    assertThat(new String(window, start, lines.windowEnd() - start, StandardCharsets.UTF_8))
        .isEqualTo("two\nthree\nfour\n");
    lines.takeTo(start + "two\nthree\n".length(), 2);
    assertThat(lines.number()).isEqualTo(3);
    assertThat(all(lines)).containsExactly("four");
  }

  private static Lines lines(String text) {
    return new Lines(
        new Content(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))), 0);
  }

  private static List<String> all(Lines lines) throws DumpException {
    List<String> all = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }

  private static InputStream inPieces(String text, Random random) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(3_000)));
      }
    };
  }
}
