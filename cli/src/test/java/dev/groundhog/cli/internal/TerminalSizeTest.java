package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalSizeTest {
  @Test
  void itCountsOnATerminalOnly() {
    Map<String, String> environment = Map.of("COLUMNS", "40", "LINES", "9");
    assertThat(TerminalSize.of(environment, true).columns()).hasValue(40);
    assertThat(TerminalSize.of(environment, true).rows()).hasValue(9);
    assertThat(TerminalSize.of(environment, false)).isEqualTo(TerminalSize.UNKNOWN);
  }
}
