package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  @Test
  void theVerdictStandsAboveTheCountTheCountAboveTheGrowthAndTheSignatureSettlesTheRest() {
    List<Rank> ranked =
        List.of(
            rank(Verdict.PROVEN, 1, 0, "f"),
            rank(Verdict.STRANDED, 2, 0, "e"),
            rank(Verdict.ABANDONED, 3, 0, "d"),
            rank(Verdict.SUSPECTED, 9, -1, "z"),
            rank(Verdict.SUSPECTED, 8, 90, "c"),
            rank(Verdict.SUSPECTED, 8, 0.5, "b"),
            rank(Verdict.SUSPECTED, 8, -3, "x"),
            new Rank(Optional.of(Verdict.SUSPECTED), 8, OptionalDouble.empty(), "a"),
            new Rank(Optional.of(Verdict.SUSPECTED), 8, OptionalDouble.empty(), "b"),
            rank(Verdict.SUSPECTED, 7, 500, "a"),
            new Rank(Optional.empty(), 99, OptionalDouble.empty(), "a"),
            rank(Verdict.EXPECTED, 98, 500, "a"));
    for (int seed = 0; seed < 20; seed++) {
      List<Rank> mixed = new ArrayList<>(ranked);
      Collections.shuffle(mixed, new Random(seed));
      assertThat(mixed.stream().sorted()).isEqualTo(ranked);
    }
  }

  @Test
  void findingsOfEqualCountAreJudgedTheFasterGrowingFirst() {
    LeakRules rules = new LeakRules(Duration.ofMinutes(1), 2);
    List<String> functions = new ArrayList<>();
    for (String faster : List.of("a.A.f", "a.B.g")) {
      var dump =
          Dumps.of(
              Dumps.waiting(1, "a.A.f"),
              Dumps.waiting(2, "a.A.f"),
              Dumps.waiting(3, "a.B.g"),
              Dumps.waiting(4, "a.B.g"));
      History<String> history = new History<>();
      history.add(
          0,
          Map.of(
              Groups.signature(Dumps.waiting(1, faster)),
              0L,
              Groups.signature(Dumps.waiting(1, faster.equals("a.A.f") ? "a.B.g" : "a.A.f")),
              1L));
      history.add(MINUTE, Groups.counts(dump));
      Finding first = rules.judge(dump, new Looks(), history).getFirst();
      assertThat(first.growthPerMinute()).hasValue(2);
      functions.add(first.group().stack().frames().getFirst().function());
    }
    assertThat(functions).containsExactly("a.A.f", "a.B.g");
  }

  private static Rank rank(Verdict verdict, long count, double growth, String signature) {
    return new Rank(Optional.of(verdict), count, OptionalDouble.of(growth), signature);
  }
}
