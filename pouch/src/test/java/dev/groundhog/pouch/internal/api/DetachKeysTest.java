package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is passed on of what is typed, and which keys let go.
class DetachKeysTest {
  @ParameterizedTest
  @CsvSource({
    "'a,b', xaby, x, true",
    "'a,b', xacab, xac, true",
    "'a,a,b', aaab, a, true",
    "'a,a,b', aab, '', true",
    "'a,b', xa, x, false",
    "'a,b,a,c', ababac, ab, true",
  })
  void theKeysAreFoundWhereverTheyBegin(
      String keys, String typed, String passed, boolean isComplete) {
    assertThat(oneByOne(DetachKeys.of(keys), typed)).isEqualTo(passed);
    DetachKeys atOnce = DetachKeys.of(keys);
    assertThat(text(atOnce.pass(bytes(typed), typed.length()))).isEqualTo(passed);
    assertThat(atOnce.isComplete()).isEqualTo(isComplete);
  }

  private static String oneByOne(DetachKeys keys, String typed) {
    StringBuilder passed = new StringBuilder();
    for (byte key : bytes(typed)) {
      passed.append(text(keys.pass(new byte[] {key}, 1)));
    }
    return passed.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theUsualOnesAreControlPAndControlQ() {
    DetachKeys keys = DetachKeys.of("");
    assertThat(text(keys.pass(bytes("a\u0010b\u0010\u0011c"), 6))).isEqualTo("a\u0010b");
    assertThat(keys.isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-", "ctrl-1", "ctrl-ab", "ab", "a,,b", "ü", ","})
  void whatIsNoKeyIsRefused(String keys) {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> DetachKeys.of(keys))
        .withMessageContaining("Invalid detach keys (" + keys + ") provided");
  }

  @Test
  void soManyKeysAreRefused() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> DetachKeys.of("a,".repeat(100) + "a"));
  }
}
