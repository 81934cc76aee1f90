package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeakRulesTest {
  private static final LeakRules RULES = new LeakRules(Duration.ofMinutes(1), 100);

  @Test
  void oneLookAccusesNobodyOfWaiting() {
    assertThat(judge(Duration.ZERO, Dumps.waiting(1, "a.A.f"))).isEmpty();
  }

  @Test
  void aLowerBoundShorterThanTheLimitAccusesNobody() {
    assertThat(judge(Duration.ofSeconds(59), Dumps.waiting(1, "a.A.f"))).isEmpty();
  }

  @Test
  void aGroupThatWaitsLongerThanTheLimitIsSuspected() {
    Finding finding = judge(Duration.ofSeconds(61), Dumps.waiting(1, "a.A.f")).getFirst();
    assertThat(finding.verdict()).contains(Verdict.SUSPECTED);
    assertThat(finding.reasons()).containsExactly("it waits for at least 61 s, the limit is 60 s");
    assertThat(finding.atLeast()).contains(Duration.ofSeconds(61));
  }

  @Test
  void aThreadThatMovedOnHasNotWaited() {
    Looks looks = new Looks();
    Dumps.look(looks, Dumps.of(Dumps.waiting(1, "a.A.f")), Duration.ZERO);
    Dump latest = Dumps.of(Dumps.waiting(1, "a.A.g"));
    Dumps.look(looks, latest, Duration.ofSeconds(600));
    assertThat(looks.atLeast(latest.row(0))).isEmpty();
  }

  @Test
  void theTimeThatALookTookIsNotCountedAsWaiting() {
    Looks looks = new Looks();
    Dump dump = Dumps.of(Dumps.waiting(1, "a.A.f"));
    Dumps.look(looks, dump, Duration.ZERO, Duration.ofSeconds(3));
    Dumps.look(looks, dump, Duration.ofSeconds(5), Duration.ofSeconds(13));
    assertThat(looks.atLeast(dump.row(0))).contains(Duration.ofSeconds(2));
    Dumps.look(looks, dump, Duration.ofSeconds(20), Duration.ofSeconds(21));
    assertThat(looks.atLeast(dump.row(0))).contains(Duration.ofSeconds(17));
  }

  @Test
  void goSaysUpToThreeMinutesTooMany() {
    Looks looks = new Looks();
    Dump dump = Dumps.of(goroutine(1, 2), goroutine(2, 3), goroutine(3, 4));
    Dumps.look(looks, dump, Duration.ZERO);
    assertThat(looks.atLeast(dump.row(0))).isEmpty();
    assertThat(looks.atLeast(dump.row(1))).isEmpty();
    assertThat(looks.atLeast(dump.row(2))).contains(Duration.ofMinutes(1));
    Dumps.look(looks, dump, Duration.ofSeconds(70));
    assertThat(looks.atLeast(dump.row(0))).contains(Duration.ofSeconds(70));
    assertThat(looks.atLeast(dump.row(2))).contains(Duration.ofSeconds(70));
  }

  @Test
  void ofALargeLookTheOldestThreadsAreRemembered() {
    Looks looks = new Looks(2);
    Dump dump = Dumps.of(waiting(1, 6));
    Dumps.look(looks, dump, Duration.ZERO);
    Dumps.look(looks, dump, Duration.ofSeconds(100));
    assertThat(looks.atLeast(dump.row(0))).contains(Duration.ofSeconds(100));
    assertThat(looks.atLeast(dump.row(1))).contains(Duration.ofSeconds(100));
    assertThat(looks.atLeast(dump.row(2))).isEmpty();
    Dump later = Dumps.of(waiting(4, 6));
    for (int second = 200; second <= 400; second += 100) {
      Dumps.look(looks, later, Duration.ofSeconds(second));
    }
    assertThat(looks.atLeast(later.row(0))).contains(Duration.ofSeconds(200));
    assertThat(looks.growth(Groups.of(later).getFirst(), later)).isEmpty();
  }

  @Test
  void aLookThatBeginsBeforeTheLastOneEndedIsRefused() {
    Looks looks = new Looks();
    Dump dump = Dumps.of(Dumps.waiting(1, "a.A.f"));
    Dumps.look(looks, dump, Duration.ZERO, Duration.ofSeconds(3));
    assertThatThrownBy(() -> Dumps.look(looks, dump, Duration.ofSeconds(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void newcomersDoNotExcuseThoseThatWaitForLong() {
    Looks looks = new Looks();
    Dumps.look(looks, Dumps.of(waiting(1, 2)), Duration.ZERO);
    Dump latest = Dumps.of(waiting(1, 3));
    Dumps.look(looks, latest, Duration.ofSeconds(600));
    List<Finding> findings = RULES.judge(latest, looks);
    assertThat(findings).hasSize(2);
    assertThat(findings.getFirst().verdict()).contains(Verdict.SUSPECTED);
    assertThat(findings.getFirst().group().count()).isEqualTo(2);
    assertThat(findings.getFirst().group().rows()).containsExactly(0, 1);
    assertThat(findings.getFirst().reasons())
        .containsExactly("2 of the 3 at this stack wait for at least 600 s, the limit is 60 s");
    assertThat(findings.getLast().verdict()).isEmpty();
    assertThat(findings.getLast().undecided()).isTrue();
    assertThat(findings.getLast().group().rows()).containsExactly(2);
  }

  @Test
  void whatHoldsForTheWholeGroupKeepsItTogether() {
    Looks looks = new Looks();
    Dumps.look(looks, Dumps.of(waiting(1, 2)), Duration.ZERO);
    Dump latest = Dumps.of(waiting(1, 100));
    Dumps.look(looks, latest, Duration.ofSeconds(600));
    assertThat(RULES.judge(latest, looks))
        .singleElement()
        .satisfies(finding ->
            assertThat(finding.reasons())
                .containsExactly(
                    "100 threads at one stack, the limit is 100",
                    "2 of the 100 at this stack wait for at least 600 s, the limit is 60 s"));
  }

  @Test
  void onlyTheThreadsThatWaitWithoutADeadlineCountAsWaiting() {
    DumpThread ready = Dumps.thread(2, ThreadState.TIMED_WAITING, "a.A.f");
    assertThat(judge(Duration.ofSeconds(600), Dumps.waiting(1, "a.A.f"), ready))
        .singleElement()
        .satisfies(finding -> assertThat(finding.group().rows()).containsExactly(0));
  }

  @Test
  void newThreadsThatGatherWhereNobodyLeavesAreSuspected() {
    Looks looks = new Looks();
    Dumps.look(looks, Dumps.of(sleeping(1)), Duration.ZERO);
    Dumps.look(looks, Dumps.of(sleeping(1, 2)), Duration.ofSeconds(30));
    Dump latest = Dumps.of(sleeping(1, 2, 3, 4));
    Dumps.look(looks, latest, Duration.ofSeconds(60));
    assertThat(RULES.judge(latest, looks))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.verdict()).contains(Verdict.SUSPECTED);
          assertThat(finding.grew()).isTrue();
          assertThat(finding.reasons())
              .containsExactly("3 new threads came to this stack in 60 s, and none left");
        });
    LeakRules patient = new LeakRules(Duration.ofSeconds(61), 100);
    assertThat(patient.judge(latest, looks)).noneMatch(Finding::accused);
  }

  @Test
  void threadsThatCameAtOneLookOnlyDoNotGather() {
    assertThat(gathers(sleeping(1), sleeping(1, 2, 3), sleeping(1, 2, 3))).isFalse();
    assertThat(gathers(sleeping(1), sleeping(1, 2), sleeping(1, 2, 3))).isTrue();
  }

  @Test
  void handlersThatComeAndGoDoNotGather() {
    assertThat(gathers(sleeping(1, 2), sleeping(1, 3, 4), sleeping(1, 3, 4, 5))).isFalse();
    assertThat(gathers(sleeping(1), sleeping(2, 3), sleeping(3, 4, 5), sleeping(3, 4, 5, 6)))
        .isFalse();
  }

  @Test
  void workersThatComeBackToTheirPlaceDoNotGather() {
    List<DumpThread> atWork = new ArrayList<>(sleeping(1));
    atWork.add(Dumps.waiting(2, "a.A.work"));
    atWork.add(Dumps.waiting(3, "a.A.work"));
    List<DumpThread> half = new ArrayList<>(sleeping(1, 2));
    half.add(Dumps.waiting(3, "a.A.work"));
    assertThat(gathers(atWork, half, sleeping(1, 2, 3))).isFalse();
  }

  @Test
  void aWaitWithADeadlineIsNotAccusedOfItsLength() {
    assertThat(judge(Duration.ofSeconds(600), Dumps.thread(1, ThreadState.TIMED_WAITING, "a.A.f")))
        .isEmpty();
  }

  @Test
  void aThreadThatComputesIsNotAccusedOfItsLengthButOneThatReadsIs() {
    for (ThreadState state : List.of(ThreadState.RUNNABLE, ThreadState.RUNNING)) {
      assertThat(judge(Duration.ofSeconds(600), ready(state, WaitKind.NONE))).isEmpty();
      assertThat(judge(Duration.ofSeconds(600), ready(state, WaitKind.IO))).hasSize(1);
    }
  }

  @Test
  void aLargeGroupIsSuspectedAtTheFirstLook() {
    List<DumpThread> many = new ArrayList<>();
    for (int id = 0; id < 100; id++) {
      many.add(Dumps.waiting(id, "a.A.f"));
    }
    List<Finding> findings = judge(Duration.ZERO, many.toArray(DumpThread[]::new));
    assertThat(findings.getFirst().reasons())
        .containsExactly("100 threads at one stack, the limit is 100");
    assertThat(judge(Duration.ZERO, many.subList(1, 100).toArray(DumpThread[]::new))).isEmpty();
  }

  @Test
  void growthOverTheBaselineIsSuspected() {
    Dump before = Dumps.of(Dumps.waiting(1, "a.A.f"));
    Dump after = Dumps.of(Dumps.waiting(1, "a.A.f"), Dumps.waiting(2, "a.A.f"));
    Finding finding = against(before).judge(after, new Looks()).getFirst();
    assertThat(finding.verdict()).contains(Verdict.SUSPECTED);
    assertThat(finding.reasons()).containsExactly("grew from 1 to 2 over the baseline");
  }

  @Test
  void growthAtAnotherLineOfTheSameFunctionIsSuspected() {
    Dump before = Dumps.of(atLine(10, 1, 5));
    List<DumpThread> later = new ArrayList<>(atLine(10, 1, 5));
    later.addAll(atLine(12, 6, 5));
    List<Finding> findings = against(before).judge(Dumps.of(later), new Looks());
    assertThat(findings).hasSize(2);
    assertThat(findings)
        .allSatisfy(finding ->
            assertThat(finding.reasons())
                .containsExactly(
                    "grew from 5 to 10 over the baseline; this counts all groups with its"
                        + " signature"));
    assertThat(against(Dumps.of(later)).judge(Dumps.of(later), new Looks()))
        .noneMatch(Finding::accused);
    assertThat(against(Dumps.of(later)).judge(before, new Looks())).noneMatch(Finding::accused);
  }

  @Test
  void threadsThatWereSuppressedBeforeDoNotExcuseTheGrowthOfOthers() throws IOException {
    Suppressions jobs = Suppressions.read(new StringReader("name=job-* reason=r"), "rules");
    Dump before = Dumps.of(named("job-", 5, "other-", 1));
    Dump after = Dumps.of(named("job-", 5, "other-", 4));
    LeakRules rules =
        new LeakRules(RULES.older(), RULES.atLeast(), Optional.of(Baseline.of(before)), jobs);
    Finding grown = rules.judge(after, new Looks()).getFirst();
    assertThat(grown.group().count()).isEqualTo(4);
    assertThat(grown.reasons()).containsExactly("grew from 1 to 4 over the baseline");
    Dump moreJobs = Dumps.of(named("job-", 50, "other-", 1));
    assertThat(rules.judge(moreJobs, new Looks())).noneMatch(Finding::accused);
  }

  @Test
  void growthAndNumbersOverrideWhatIsOnlyAGuess() {
    DumpThread loop =
        DumpThread.of(
                ThreadKind.PLATFORM,
                Dumps.stack("sun.nio.ch.SelectorImpl.lockAndDoSelect", "acme.Loop.run"))
            .state(ThreadState.RUNNABLE)
            .build();
    Dump one = Dumps.of(loop);
    Dump two = Dumps.of(loop, loop);
    assertThat(RULES.judge(two, new Looks()).getFirst().verdict()).contains(Verdict.EXPECTED);
    assertThat(against(two).judge(two, new Looks()).getFirst().verdict())
        .contains(Verdict.EXPECTED);
    assertThat(against(one).judge(two, new Looks()).getFirst().verdict())
        .contains(Verdict.SUSPECTED);
    assertThat(new LeakRules(RULES.older(), 2).judge(two, new Looks()).getFirst().verdict())
        .contains(Verdict.SUSPECTED);
  }

  @Test
  void growthOfIdleWorkersIsToldThoughTheyAreExpected() {
    DumpThread worker =
        Dumps.waiting(1, "java.util.concurrent.ThreadPoolExecutor.getTask", "acme.Pool.run");
    Finding finding =
        against(Dumps.of(worker)).judge(Dumps.of(worker, worker, worker), new Looks()).getFirst();
    assertThat(finding.verdict()).contains(Verdict.EXPECTED);
    assertThat(finding.reasons())
        .containsExactly("an idle worker of its pool", "grew from 1 to 3 over the baseline");
  }

  @Test
  void theRuntimesOwnProofAccusesOnlyThoseThatItMarks() {
    DumpThread marked =
        DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack("main.f")).id(2).leaked(true).build();
    DumpThread other = DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack("main.f")).id(3).build();
    List<Finding> findings = RULES.judge(Dumps.of(other, marked), new Looks());
    assertThat(findings).hasSize(2);
    assertThat(findings.getFirst().verdict()).contains(Verdict.PROVEN);
    assertThat(findings.getFirst().group().count()).isEqualTo(1);
    assertThat(findings.getLast().verdict()).isEmpty();
  }

  @Test
  void aWorkerThatTheRuntimeProvesLeakedIsNotExcusedAsIdle() {
    DumpThread worker =
        DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack("net.(*netFD).accept"))
            .id(2)
            .leaked(true)
            .build();
    assertThat(RULES.judge(Dumps.of(worker), new Looks()).getFirst().verdict())
        .contains(Verdict.PROVEN);
  }

  private static DumpThread goroutine(long id, int minutes) {
    return DumpThread.of(ThreadKind.GOROUTINE, Dumps.stack("main.f"))
        .id(id)
        .state(ThreadState.WAITING)
        .waiting(Duration.ofMinutes(minutes))
        .build();
  }

  private static List<DumpThread> waiting(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(id -> Dumps.waiting(id, "a.A.f")).toList();
  }

  private static List<DumpThread> sleeping(int... ids) {
    return IntStream.of(ids)
        .mapToObj(id -> Dumps.thread(id, ThreadState.TIMED_WAITING, "a.A.f"))
        .toList();
  }

  /// Whether somebody is accused after these looks, one minute apart.
  @SafeVarargs
  private static boolean gathers(List<DumpThread>... threads) {
    Looks looks = new Looks();
    Dump latest = Dumps.of();
    for (int i = 0; i < threads.length; i++) {
      latest = Dumps.of(threads[i]);
      Dumps.look(looks, latest, Duration.ofMinutes(i));
    }
    return RULES.judge(latest, looks).stream().anyMatch(Finding::accused);
  }

  private static DumpThread ready(ThreadState state, WaitKind kind) {
    return DumpThread.of(ThreadKind.PLATFORM, Dumps.stack("a.A.f"))
        .id(1)
        .state(state)
        .waits(kind, "")
        .build();
  }

  private static List<DumpThread> atLine(int line, int firstId, int count) {
    CallStack stack = new CallStack(List.of(new Frame("main.logs", "main.go", line)));
    return IntStream.range(firstId, firstId + count)
        .mapToObj(id -> DumpThread.of(ThreadKind.GOROUTINE, stack).id(id).build())
        .toList();
  }

  private static List<DumpThread> named(String one, int ones, String other, int others) {
    CallStack stack = Dumps.stack("acme.Work.run");
    return IntStream.range(0, ones + others)
        .mapToObj(id ->
            DumpThread.of(ThreadKind.PLATFORM, stack)
                .id(id)
                .name((id < ones ? one : other) + id)
                .state(ThreadState.WAITING)
                .build())
        .toList();
  }

  private static LeakRules against(Dump before) {
    return new LeakRules(
        RULES.older(), RULES.atLeast(), Optional.of(Baseline.of(before)), Suppressions.NONE);
  }

  private static List<Finding> judge(Duration watched, DumpThread... threads) {
    Looks looks = new Looks();
    Dump dump = Dumps.of(threads);
    Dumps.look(looks, dump, Duration.ZERO);
    if (!watched.isZero()) {
      Dumps.look(looks, dump, watched);
    }
    return RULES.judge(dump, looks).stream().filter(f -> f.verdict().isPresent()).toList();
  }
}
