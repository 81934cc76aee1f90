package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @Test
  void aPathIsOneWordOfAShell() {
    assertThat(Text.shell("./groundhog")).isEqualTo("./groundhog");
    assertThat(Text.shell("/a b/it's")).isEqualTo("'/a b/it'\\''s'");
  }

  @Test
  void controlAndFormatCharactersOfEveryPlaneAreShown() {
    String foreign = "a\u001b[2J\u2028\u2029\u202e" + Character.toString(0xE0041) + "\ud83d\ude00é";
    assertThat(Text.line(foreign, false))
        .isEqualTo("a\\u001b[2J\\u2028\\u2029\\u202e\\u{e0041}\ud83d\ude00é");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "::stop-commands::pwn|:\\u003astop-commands:\\u003apwn",
        ":::debug|:\\u003a\\u003adebug",
        "a ##[add-mask]x|a ##\\u005badd-mask]x",
        "std:map #[x|std:map #[x",
      })
  void nothingBecomesAWorkflowCommand(String foreign, String shown) {
    assertThat(Text.line(foreign, true)).isEqualTo(shown);
    assertThat(Text.line(foreign, false)).isEqualTo(foreign);
  }

  @ParameterizedTest
  @CsvSource({
    "180.4, +180/min",
    "12345, '+12,345/min'",
    "-3, -3/min",
    "0.54, +0.5/min",
    "-0.04, 0/min",
    "9.96, +10/min",
  })
  void aRateSaysItsSign(double rate, String text) {
    assertThat(Text.perMinute(OptionalDouble.of(rate))).isEqualTo(text);
  }

  @Test
  void whatIsNotKnownIsNoRate() {
    assertThat(Text.perMinute(OptionalDouble.empty())).isEqualTo("—");
  }

  @Test
  void linesOfWordsEndWhereTheTerminalDoes() {
    assertThat(Text.wrapped("aa bb cc dd", "  ", OptionalInt.of(7)))
        .containsExactly("  aa bb", "    cc", "    dd");
    assertThat(Text.wrapped("a-word-too-long b", "", OptionalInt.of(4)))
        .containsExactly("a-word-too-long", "  b");
    assertThat(Text.wrapped("aa bb cc dd", " ", OptionalInt.empty()))
        .containsExactly(" aa bb cc dd");
  }
}
