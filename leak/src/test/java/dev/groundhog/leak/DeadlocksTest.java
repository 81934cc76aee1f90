package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlocksTest {
  @Test
  void everyCircleIsFoundOnce() {
    Dump dump =
        dump(
            new long[][] {{1, 2}, {2, 3}, {3, 1}, {4, 4}, {5, 1}, {6, 7}, {7, 6}, {8, 99}, {9, 0}});
    assertThat(ids(dump)).containsExactly(List.of(1L, 2L, 3L), List.of(4L), List.of(6L, 7L));
  }

  @Test
  void whoComesToACircleFromOutsideIsNotInIt() {
    assertThat(ids(dump(new long[][] {{1, 2}, {2, 3}, {3, 2}}))).containsExactly(List.of(2L, 3L));
  }

  @Test
  void aLongChainIsNoCircle() {
    long[][] chain = new long[10_000][];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = new long[] {i + 1, i + 2};
    }
    assertThat(ids(dump(chain))).isEmpty();
  }

  private static List<List<Long>> ids(Dump dump) {
    return Deadlocks.of(dump).stream()
        .map(circle -> circle.stream().map(thread -> thread.id().orElseThrow()).toList())
        .toList();
  }

  /// Threads by their id and the id of the owner of what they wait for, 0 for none.
  private static Dump dump(long[][] threads) {
    List<DumpThread> rows = new ArrayList<>();
    for (long[] thread : threads) {
      DumpThread.Builder builder =
          DumpThread.of(ThreadKind.PLATFORM, Dumps.stack("a.A.f")).id(thread[0]);
      rows.add((thread[1] == 0 ? builder : builder.blockedOnOwner(thread[1])).build());
    }
    return Dumps.of(rows);
  }
}
