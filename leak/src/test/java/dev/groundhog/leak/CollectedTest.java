package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Virtual threads that nobody held, and that the garbage collector took.
class CollectedTest {
  private static DumpThread collected(long id, String... createdBy) {
    return DumpThread.of(ThreadKind.VIRTUAL, CallStack.EMPTY)
        .id(id)
        .leaked(true)
        .birth(BirthRecord.RECORDED)
        .createdBy(Dumps.stack(createdBy))
        .build();
  }

  @Test
  void theyAreSuspectedByTheirCreationSite() {
    Dump dump =
        Dumps.of(collected(1, "a.A.start"), collected(2, "a.A.start"), collected(3, "b.B.start"));
    Looks looks = new Looks();
    Dumps.look(looks, dump, Duration.ZERO);
    Dumps.look(looks, dump, Duration.ofMinutes(5));
    List<Finding> findings = LeakRules.DEFAULT.judge(dump, looks);
    assertThat(findings)
        .extracting(Finding::verdict)
        .containsExactly(Optional.of(Verdict.SUSPECTED), Optional.of(Verdict.SUSPECTED));
    assertThat(findings).extracting(finding -> finding.group().count()).containsExactly(2L, 1L);
    assertThat(findings).extracting(finding -> finding.group().signature()).doesNotHaveDuplicates();
    assertThat(findings)
        .allSatisfy(finding -> {
          assertThat(finding.reasons()).hasSize(1);
          assertThat(finding.atLeast()).as("a time at a stack that it does not have").isEmpty();
        });
  }

  @Test
  void theirSignatureIsNotThatOfThreadsWhichAreThere() {
    assertThat(Groups.signature(collected(1, "a.A.start")))
        .isNotEqualTo(Groups.signature(Dumps.waiting(1, "a.A.start")));
  }

  @Test
  void whereThreadsOfOneStackWereStartedIsToldByHowMany() {
    DumpThread here = Dumps.waiting(1, "a.A.f").with().createdBy(Dumps.stack("a.A.x")).build();
    DumpThread there = Dumps.waiting(1, "a.A.f").with().createdBy(Dumps.stack("a.A.yy")).build();
    Dump dump = Dumps.of(here, there, there, Dumps.waiting(4, "a.A.f"));
    StackGroup group = Groups.of(dump).getFirst();
    assertThat(CreationSite.of(group, dump))
        .containsExactly(
            new CreationSite(Dumps.stack("a.A.yy"), 2), new CreationSite(Dumps.stack("a.A.x"), 1));
  }
}
