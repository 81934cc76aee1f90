package dev.groundhog.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The expected values are what Go's `url.ParseQuery` and `Get` give.
class QueryTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", \"\"",
        "a=1, 1",
        "a=1&a=2, 1",
        "b=1&a=2, 2",
        "a=x+y%20z, x y z",
        "a=%2B%26%3d, +&=",
        "a=b=c, b=c",
        "a, \"\"",
        "%61=1, 1",
        "a=%zz, \"\"",
        "a=%zz&a=2, 2",
        "a=%, \"\"",
        "a=%-1, \"\"",
        "a=1;b=2, \"\"",
        "a=%3B, ;",
        "a=%C3%A4, ä",
        "&&a=1&, 1"
      })
  void aParameterIsReadAsNetUrlDoes(String query, String expected) {
    assertThat(Query.parse(query).first("a")).isEqualTo(expected);
  }
}
