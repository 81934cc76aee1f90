package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class MomentsTest {
  private final Moments moments =
      new Moments(Clock.fixed(Instant.parse("2026-11-24T10:00:00Z"), ZoneId.of("Europe/Berlin")));

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T09:00:00.5Z, 2026-11-24T09:00:00.5Z",
    "2026-11-24T09:00:00+05:30, 2026-11-24T03:30:00Z",
    "2026-11-24T09:00:00, 2026-11-24T08:00:00Z",
    "1700000000, 2023-11-14T22:13:20Z",
    "1700000000.000000001, 2023-11-14T22:13:20.000000001Z",
    "10m, 2026-11-24T09:50:00Z",
    "2h, 2026-11-24T08:00:00Z"
  })
  void aMomentIsRead(String text, Instant moment) {
    assertThat(moments.convert(text)).isEqualTo(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "99999999999999999999", "-1", "10d", "2026-13-01T00:00:00Z"})
  void nothingElseIs(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> moments.convert(text))
        .withMessageContaining("how long ago");
  }
}
