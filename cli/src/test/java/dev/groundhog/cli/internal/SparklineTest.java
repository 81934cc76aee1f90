package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SparklineTest {
  @Test
  void theLowestAndTheHighestAreTheEnds() {
    assertThat(Sparkline.BLOCKS.draw(numbers(1_000, 1_700, 2_400))).isEqualTo("▁▅█");
    assertThat(Sparkline.BLOCKS.draw(numbers(8, 7, 6, 5, 4, 3, 2, 1))).isEqualTo("█▇▆▅▄▃▂▁");
    assertThat(Sparkline.BLOCKS.draw(numbers(0, 1L << 62))).isEqualTo("▁█");
  }

  @Test
  void aStepIsAtLeastOne() {
    assertThat(Sparkline.BLOCKS.draw(numbers(5, 5, 6, 5))).isEqualTo("▁▁▂▁");
  }

  @Test
  void whatIsNotKnownIsNoNumber() {
    assertThat(
            Sparkline.ASCII.draw(
                List.of(OptionalLong.of(0), OptionalLong.empty(), OptionalLong.of(7))))
        .isEqualTo("_?#");
    assertThat(Sparkline.ASCII.draw(List.of())).isEmpty();
  }

  @Test
  void aTerminalThatDoesNotReadUtf8GetsAscii() {
    Map<String, String> utf8 = Map.of("LANG", "de_DE.UTF-8");
    assertThat(Sparkline.of(utf8, true)).isEqualTo(Sparkline.BLOCKS);
    assertThat(Sparkline.of(Map.of("LC_ALL", "C", "LANG", "C.utf8"), true))
        .isEqualTo(Sparkline.ASCII);
    assertThat(Sparkline.of(Map.of("LC_ALL", "", "LC_CTYPE", "C.utf8"), true))
        .isEqualTo(Sparkline.BLOCKS);
    assertThat(Sparkline.of(Map.of(), true)).isEqualTo(Sparkline.ASCII);
    assertThat(Sparkline.of(Map.of(), false)).isEqualTo(Sparkline.BLOCKS);
  }

  private static List<OptionalLong> numbers(long... numbers) {
    return Arrays.stream(numbers).mapToObj(OptionalLong::of).toList();
  }
}
