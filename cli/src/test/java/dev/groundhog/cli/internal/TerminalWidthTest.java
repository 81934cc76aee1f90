package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalWidthTest {
  @Test
  void columnsCountOnATerminalOnly() {
    assertThat(TerminalWidth.of(Map.of("COLUMNS", "40"), true)).hasValue(40);
    assertThat(TerminalWidth.of(Map.of("COLUMNS", "40"), false)).isEmpty();
  }
}
