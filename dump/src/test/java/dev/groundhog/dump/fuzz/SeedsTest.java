package dev.groundhog.dump.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the fuzz tests insist on holds of all that they start from, and of some of what they would
/// make of it.
class SeedsTest {
  private static final int CHANGED = 20;

  @ParameterizedTest
  @EnumSource(FuzzTarget.class)
  void whatHoldsOfEveryInputHoldsOfTheSeedsAndNearThem(FuzzTarget target) {
    List<byte[]> seeds = target.seeds();
    assertThat(seeds).isNotEmpty();
    Random random = new Random(11);
    for (byte[] seed : seeds) {
      target.check(seed);
      for (int i = 0; i < CHANGED; i++) {
        byte[] changed = seed.clone();
        for (int j = 0; j <= i / 2; j++) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        target.check(changed);
      }
    }
  }
}
