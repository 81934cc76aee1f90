package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupsTest {
  @Test
  void equalStacksAreOneGroupAndTheLargestComesFirst() {
    List<StackGroup> groups =
        Groups.of(
            Dumps.of(
                Dumps.waiting(1, "a.A.one"),
                Dumps.waiting(2, "a.A.two"),
                Dumps.waiting(3, "a.A.two")));
    assertThat(groups).extracting(StackGroup::count).containsExactly(2L, 1L);
    assertThat(groups.getFirst().rows()).containsExactly(1, 2);
  }

  @Test
  void labelsAndKindsDivideEqualStacks() {
    CallStack stack = Dumps.stack("a.A.one");
    List<StackGroup> groups =
        Groups.of(
            Dumps.of(
                DumpThread.of(ThreadKind.VIRTUAL, stack).build(),
                DumpThread.of(ThreadKind.PLATFORM, stack).build(),
                DumpThread.of(ThreadKind.VIRTUAL, stack).labels(Map.of("k", "v")).build()));
    assertThat(groups).hasSize(3);
  }

  @Test
  void anAggregatedRowCountsForAllItsThreads() {
    DumpThread row = DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack("main.f")).count(40).build();
    assertThat(Groups.of(Dumps.of(row, row)).getFirst().count()).isEqualTo(80);
  }

  @Test
  void aSignatureIsTheSameAcrossBuilds() {
    assertThat(signature("a.A$$Lambda/0x0000781.run", 10))
        .isEqualTo(signature("a.A$$Lambda/0x0000999.run", 20));
    assertThat(signature("a.A.lambda$run$0", 10)).isEqualTo(signature("a.A.lambda$run$3", 10));
    assertThat(signature("a.A.run", 10)).isNotEqualTo(signature("a.B.run", 10));
  }

  private static String signature(String function, int line) {
    return Groups.signature(
        DumpThread.of(
                ThreadKind.VIRTUAL, new CallStack(List.of(new Frame(function, "A.java", line))))
            .build());
  }
}
