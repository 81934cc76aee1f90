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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Threads that work on for a client who has gone.
class AbandonedTest {
  private static final LeakRules RULES =
      new LeakRules(Duration.ofMinutes(1), 100).withGrace(Duration.ofSeconds(10));
  private static final String BOUNDARY = "dev.groundhog.mark.Labels.call";
  private static final String[] HANDLER = {"acme.Logs.await", "acme.Logs.handle"};
  private static final String[] HTTP_1 = {BOUNDARY, "acme.Server.http1", "acme.Pool.run"};
  private static final String[] HTTP_2 = {BOUNDARY, "acme.Server.http2", "acme.Pool.run"};

  @Test
  void aThreadIsAbandonedFromTheGraceTimeOn() {
    assertThat(judge(gone(1, Duration.ofMillis(9_999)))).noneMatch(Finding::accused);
    Finding finding = judge(gone(1, Duration.ofSeconds(10))).getFirst();
    assertThat(finding.verdict()).contains(Verdict.ABANDONED);
    assertThat(finding.reasons())
        .containsExactly("its client has been gone for 10 s, the grace time is 10 s");
  }

  @Test
  void theGraceTimeCanBeNoneAtAllButNotLess() {
    DumpThread now = gone(1, Duration.ZERO);
    assertThat(RULES.judge(Dumps.of(now), new Looks())).noneMatch(Finding::accused);
    assertThat(RULES.withGrace(Duration.ZERO).judge(Dumps.of(now), new Looks()))
        .singleElement()
        .satisfies(finding -> assertThat(finding.verdict()).contains(Verdict.ABANDONED));
    assertThatThrownBy(() -> RULES.withGrace(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("grace");
    assertThat(LeakRules.DEFAULT.grace()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void anotherGraceTimeLeavesTheOtherRulesAlone() throws IOException {
    Suppressions jobs = Suppressions.read(new StringReader("name=job-* reason=r"), "rules");
    Optional<Baseline> before = Optional.of(Baseline.of(Dumps.of()));
    LeakRules rules = new LeakRules(Duration.ofSeconds(7), 3, before, jobs);
    assertThat(rules.withGrace(Duration.ofSeconds(1)))
        .isEqualTo(new LeakRules(Duration.ofSeconds(7), 3, before, jobs, Duration.ofSeconds(1)));
  }

  @Test
  void whoseClientIsThereIsJudgedAsBefore() {
    assertThat(judge(work(1, "/logs", HANDLER).build())).noneMatch(Finding::accused);
    Looks looks = new Looks();
    Dump dump = Dumps.of(work(1, "/logs", HANDLER).build());
    Dumps.look(looks, dump, Duration.ZERO);
    Dumps.look(looks, dump, Duration.ofSeconds(61));
    assertThat(RULES.judge(dump, looks).getFirst().verdict()).contains(Verdict.SUSPECTED);
  }

  @Test
  void ofOneStackOnlyThoseWhoseClientsAreGoneAreAccused() {
    List<Finding> findings =
        judge(
            work(1, "/logs", HANDLER).build(),
            gone(2, Duration.ofSeconds(70)),
            gone(3, Duration.ofSeconds(9)),
            gone(4, Duration.ofSeconds(12)));
    assertThat(findings).hasSize(2);
    Finding abandoned = findings.getFirst();
    assertThat(abandoned.verdict()).contains(Verdict.ABANDONED);
    assertThat(abandoned.group().rows()).containsExactly(1, 3);
    assertThat(abandoned.group().count()).isEqualTo(2);
    assertThat(abandoned.reasons())
        .containsExactly("their clients have been gone for 12 to 70 s, the grace time is 10 s");
    assertThat(findings.getLast().verdict()).isEmpty();
    assertThat(findings.getLast().group().rows()).containsExactly(0, 2);
  }

  @Test
  void anIdleWorkerIsExpectedThoughItsLastClientIsGone() {
    DumpThread idle =
        work(
                1,
                "/logs",
                "java.util.concurrent.LinkedBlockingQueue.take",
                "java.util.concurrent.ThreadPoolExecutor.getTask")
            .clientGone(Duration.ofHours(1))
            .build();
    assertThat(judge(idle))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.verdict()).contains(Verdict.EXPECTED);
          assertThat(finding.reasons()).containsExactly("an idle worker of its pool");
        });
  }

  @Test
  void theRuntimesOwnProofIsStronger() {
    DumpThread proven =
        work(1, "/logs", HANDLER).leaked(true).clientGone(Duration.ofHours(1)).build();
    assertThat(judge(proven))
        .singleElement()
        .satisfies(finding -> assertThat(finding.verdict()).contains(Verdict.PROVEN));
  }

  @Test
  void oneRouteAndOneWorkAreOneGroupByWhateverWayTheServerCameThere() {
    List<Finding> findings =
        judge(
            goneAt(1, "/logs", joined(HANDLER, HTTP_1)),
            goneAt(2, "/logs", joined(HANDLER, HTTP_2)),
            goneAt(3, "/build", joined(HANDLER, HTTP_1)),
            goneAt(4, "/logs", joined(new String[] {"acme.Logs.read"}, HTTP_1)));
    assertThat(findings)
        .allMatch(finding -> finding.verdict().equals(Optional.of(Verdict.ABANDONED)));
    assertThat(findings).extracting(finding -> finding.group().count()).containsExactly(2L, 1L, 1L);
    StackGroup both = findings.getFirst().group();
    assertThat(both.rows()).containsExactly(0, 1);
    assertThat(both.sample().labels()).containsEntry("route", "/logs");
    assertThat(both.stack().frames())
        .extracting(Frame::function)
        .as("the work alone")
        .containsExactly(HANDLER);
  }

  @Test
  void theTaskThatAWorkStartsIsShownWhole() {
    String[] child = joined(HANDLER, new String[] {"java.lang.VirtualThread.run"});
    assertThat(judge(goneAt(1, "/logs", child)).getFirst().group().stack().frames())
        .extracting(Frame::function)
        .containsExactly(child);
  }

  @Test
  void labelsWithinLabelsBelongToTheWork() {
    String[] inner = {"acme.Logs.await", BOUNDARY, "acme.Logs.handle"};
    assertThat(LabelledWork.stack(Dumps.stack(joined(inner, HTTP_1))))
        .isEqualTo(Dumps.stack(inner));
  }

  @Test
  void aGapInTheStackIsKeptIfItIsInTheWork() {
    List<Frame> frames = Dumps.stack(joined(HANDLER, HTTP_1)).frames();
    List<Frame> work = Dumps.stack(HANDLER).frames();
    assertThat(LabelledWork.stack(new CallStack(frames, 1, 7)))
        .isEqualTo(new CallStack(work, 1, 7));
    assertThat(LabelledWork.stack(new CallStack(frames, 4, 7))).isEqualTo(new CallStack(work));
  }

  @Test
  void aSignatureIsThatOfTheWork() {
    String one = Groups.signature(goneAt(1, "/logs", joined(HANDLER, HTTP_1)));
    assertThat(Groups.signature(goneAt(2, "/logs", joined(HANDLER, HTTP_2)))).isEqualTo(one);
    assertThat(Groups.signature(goneAt(3, "/logs", HANDLER))).isEqualTo(one);
    assertThat(Groups.signature(goneAt(4, "/logs", HTTP_1))).isNotEqualTo(one);
  }

  @Test
  void theLineThatAReportOffersSuppressesEveryWayToTheWork() throws IOException {
    Dump dump =
        Dumps.of(
            goneAt(1, "/logs", joined(HANDLER, HTTP_1)),
            goneAt(2, "/logs", joined(HANDLER, HTTP_2)));
    String line = Suppression.lineFor(RULES.judge(dump, new Looks()).getFirst().group());
    Suppressions reviewed =
        Suppressions.read(new StringReader(line.replace("\"\"", "reviewed")), "rules");
    LeakRules rules = new LeakRules(RULES.older(), 100, Optional.empty(), reviewed);
    assertThat(rules.judge(dump, new Looks()))
        .isNotEmpty()
        .allMatch(finding -> finding.verdict().equals(Optional.of(Verdict.EXPECTED)));
  }

  @Test
  void aReportTellsTheLongestTime() throws IOException {
    Dump dump = Dumps.of(gone(1, Duration.ofMillis(12_345)), gone(2, Duration.ofMillis(11_000)));
    StringBuilder json = new StringBuilder();
    ReportWriter.json(
        new LeakReport(
            "x",
            Optional.empty(),
            Optional.empty(),
            dump,
            RULES.judge(dump, new Looks()),
            List.of()),
        json);
    assertThat(json.toString())
        .contains("\"verdict\":\"ABANDONED\",\"count\":2", "\"clientGoneSeconds\":12.345,");
  }

  private static List<Finding> judge(DumpThread... threads) {
    return RULES.judge(Dumps.of(threads), new Looks());
  }

  private static DumpThread gone(long id, Duration time) {
    return work(id, "/logs", HANDLER).clientGone(time).build();
  }

  private static DumpThread goneAt(long id, String route, String... functions) {
    return work(id, route, functions).clientGone(Duration.ofSeconds(30)).build();
  }

  private static DumpThread.Builder work(long id, String route, String... functions) {
    return DumpThread.of(ThreadKind.VIRTUAL, Dumps.stack(functions))
        .id(id)
        .labels(Map.of("route", route))
        .state(ThreadState.WAITING)
        .waits(WaitKind.LATCH, "");
  }

  private static String[] joined(String[] above, String[] below) {
    return Stream.of(above, below).flatMap(Stream::of).toArray(String[]::new);
  }
}
