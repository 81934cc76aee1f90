package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "7b, 7",
    "64m, 67108864",
    "64MB, 67108864",
    "2G, 2147483648",
    "1k, 1024"
  })
  void aSizeIsRead(String text, long bytes) {
    assertThat(new Bytes().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "-1", "1.5g", "1t", "999999999999999g", "1 m"})
  void nothingElseIs(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> new Bytes().convert(text))
        .withMessageContaining("such as 64m");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "-5, 0B",
    "999, 999B",
    "1000, 1kB",
    "999900, 1MB",
    "4262321, 4.26MB",
    "1240000, 1.24MB",
    "133000000, 133MB",
    "9223372036854775807, 9.22EB"
  })
  void itIsShownInThreeDigits(long bytes, String text) {
    assertThat(Bytes.shown(bytes)).isEqualTo(text);
  }
}
