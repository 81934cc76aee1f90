package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ProcessInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DiffTest {
  private static final DumpThread OLD = Dumps.waiting(1, "a.A.stays");
  private static final DumpThread GONE = Dumps.waiting(2, "a.A.goes");

  @Test
  void tellsWhatAppearedGrewShrankWentAndStayed() {
    Dump before =
        Dumps.of(OLD, GONE, Dumps.waiting(3, "g.G.g"), Dumps.waiting(4, "s.S.s"), at(5, "s.S.s"));
    Dump after =
        Dumps.of(
            OLD, at(3, "g.G.g"), at(6, "g.G.g"), at(7, "g.G.g"), at(4, "s.S.s"), at(8, "n.N.n"));
    assertThat(Diff.of(before, after))
        .extracting(Change::kind, Change::before, Change::after)
        .containsExactly(
            tuple(Change.Kind.GREW, 1, 3),
            tuple(Change.Kind.APPEARED, 0, 1),
            tuple(Change.Kind.SAME, 1, 1),
            tuple(Change.Kind.SHRANK, 2, 1),
            tuple(Change.Kind.WENT, 1, 0));
  }

  @Test
  void countsNewcomersWithinOneProcessOnly() {
    Dump before = Dumps.ofProcess(9, List.of(at(1, "a.A.f"), at(2, "a.A.f")));
    Dump after = Dumps.ofProcess(9, List.of(at(2, "a.A.f"), at(3, "a.A.f"), at(4, "a.A.f")));
    assertThat(Diff.of(before, after).getFirst().newcomers()).isEqualTo(OptionalLong.of(2));
    Dump other = Dumps.ofProcess(10, List.of(at(2, "a.A.f"), at(3, "a.A.f"), at(4, "a.A.f")));
    assertThat(Diff.of(before, other).getFirst().newcomers()).isEmpty();
  }

  @Test
  void anotherProcessOfTheSamePidIsKnownByItsRuntimeOrAnEarlierTime() {
    Dump before = firstProcess("25.0.3+9", "2026-01-01T00:00:10Z");
    assertThat(newcomers(before, firstProcess("25.0.3+9", "2026-01-01T00:00:11Z"))).hasValue(0);
    assertThat(newcomers(before, firstProcess("", "2026-01-01T00:00:11Z"))).hasValue(0);
    assertThat(newcomers(before, firstProcess("25.0.4+1", "2026-01-01T00:00:11Z"))).isEmpty();
    assertThat(newcomers(before, firstProcess("25.0.3+9", "2026-01-01T00:00:09Z"))).isEmpty();
  }

  private static OptionalLong newcomers(Dump before, Dump after) {
    return Diff.of(before, after).getFirst().newcomers();
  }

  /// As a container has one.
  private static Dump firstProcess(String runtime, String time) {
    return Dumps.of(
        new ProcessInfo(OptionalLong.of(1), Optional.of(Instant.parse(time)), runtime, "test"),
        List.of(at(1, "a.A.f")));
  }

  @Test
  void aThreadThatWasThereAtAnotherStackIsANewcomerOfItsGroup() {
    Dump before = Dumps.ofProcess(9, List.of(at(1, "pool.Pool.idle")));
    Dump after = Dumps.ofProcess(9, List.of(at(1, "acme.Handler.stuck")));
    assertThat(Diff.of(before, after).getFirst().newcomers()).isEqualTo(OptionalLong.of(1));
  }

  private static DumpThread at(long id, String function) {
    return Dumps.waiting(id, function);
  }

  private static org.assertj.core.groups.Tuple tuple(Change.Kind kind, long before, long after) {
    return org.assertj.core.api.Assertions.tuple(kind, before, after);
  }
}
