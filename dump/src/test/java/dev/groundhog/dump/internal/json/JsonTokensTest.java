package dev.groundhog.dump.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.internal.Content;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTokensTest {
  private static JsonTokens tokens(String text) {
    return new JsonTokens(
        new Content(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void objectsArraysAndScalarsAreReadInOrder() throws Exception {
    JsonTokens json = tokens(" {\"a\" : [1, -2.5e+3 ,\"x\", true,null, {}], \"b\":{\"c\":[]}} ");
    List<String> seen = new ArrayList<>();
    json.beginObject();
    while (json.nextMember()) {
      String name = json.name();
      if (name.equals("b")) {
        json.skip();
        continue;
      }
      json.beginArray();
      while (json.nextElement()) {
        if (json.peekValue() == '{') {
          json.skip();
        } else {
          seen.add(json.scalar());
        }
      }
    }
    assertThat(seen).containsExactly("1", "-2.5e+3", "x", "true", "null");
    assertThat(json.peekValue()).isEqualTo(-1);
  }

  @Test
  void escapesAndEveryPlaneOfUnicodeAreRead() throws Exception {
    assertThat(tokens("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00ä😀\"").scalar())
        .isEqualTo("\"\\/\b\f\n\r\tä😀ä😀");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,2|found the end",
        "[1 2]|expected ','",
        "[\"a|inside a string",
        "[\"\\x\"]|unknown escape",
        "[\"\\u12g4\"]|hexadecimal",
        "[?]|expected a value",
        "{\"a\" 1}|expected ':'",
        "{1:2}|expected '\"'"
      })
  void whatIsNoJsonIsToldWithItsByte(String text, String message) {
    assertThatThrownBy(() -> tokens(text).skip())
        .isInstanceOf(Malformed.class)
        .hasMessageStartingWith("at byte ")
        .hasMessageContaining(message);
  }

  @Test
  void theByteIsTheOneWhereItHappened() {
    assertThatThrownBy(() -> tokens(" ".repeat(200_000) + "[1;2]").skip())
        .hasMessageStartingWith("at byte 200002:");
  }

  @Test
  void nestingHasABound() {
    int most = JsonTokens.MAX_DEPTH;
    assertThatCode(() -> tokens("[".repeat(most) + "]".repeat(most)).skip())
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> tokens("[".repeat(most + 1)).skip())
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("nested deeper than 64");
  }

  @ParameterizedTest
  @ValueSource(ints = {JsonTokens.MAX_STRING_BYTES - 1, JsonTokens.MAX_STRING_BYTES})
  void stringsUpToTheBoundAreWhole(int length) throws Exception {
    assertThat(tokens("\"" + "x".repeat(length) + "\"").scalar()).hasSize(length);
  }

  @Test
  void stringsAndNumbersBeyondTheirBoundAreRefused() {
    assertThatThrownBy(
            () -> tokens("\"" + "x".repeat(JsonTokens.MAX_STRING_BYTES + 2) + "\"").scalar())
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> tokens("1".repeat(1_000)).scalar()).isInstanceOf(Malformed.class);
  }
}
