package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.internal.errors.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGKILL, 9",
    "KILL, 9",
    "term, 15",
    "15, 15",
    "WINCH, 28",
    "RTMIN+3, 37",
    "SIGRTMAX-1, 63",
    "SYS, 31",
    "64, 64"
  })
  void namesAndNumbersAreThoseOfLinux(String signal, int number) {
    assertThat(Signals.number(signal)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "FOO", "0", "-9", "SIG", "RTMIN+16", "9 ", "99999999999"})
  void othersAreInvalid(String signal) {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> Signals.number(signal))
        .withMessage("Invalid signal: " + signal);
  }

  @Test
  void aNumberMayBeTooLarge() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> Signals.number("65"))
        .withMessageContaining("does not support signal 65");
    assertThat(Signals.parse("65")).isEqualTo(65);
  }
}
