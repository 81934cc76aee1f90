package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuppressionsTest {
  @Test
  void aRuleExpectsTheThreadsThatItNamesAndNoOthersAtTheSameStack() throws IOException {
    Dump dump = Dumps.of(named(1, "reporter-a"), named(2, "reporter-b"), named(3, "stray"));
    Suppressions rules = read("# why\n\nname=reporter-* reason=\"one for each registry\"\n");
    List<Finding> findings = judge(rules, dump);
    assertThat(findings).hasSize(2);
    assertThat(findings.getFirst().verdict()).contains(Verdict.SUSPECTED);
    assertThat(findings.getFirst().group().sample().name()).isEqualTo("stray");
    Finding expected = findings.getLast();
    assertThat(expected.verdict()).contains(Verdict.EXPECTED);
    assertThat(expected.group().count()).isEqualTo(2);
    assertThat(expected.reasons()).containsExactly("suppressed by rules:3: one for each registry");
    assertThat(rules.unused(findings)).isEmpty();
  }

  @Test
  void eachRuleThatExpectsAThreadIsToldAndOthersAreLeft() throws IOException {
    Dump dump = Dumps.of(named(1, "reporter-a"), named(2, "stray"));
    Suppressions rules = read("name=reporter-* reason=x\nname=nobody reason=x\n");
    List<Suppression> used = new ArrayList<>();
    assertThat(rules.unsuppressed(Groups.of(dump), dump, used::add))
        .extracting(group -> group.sample().name())
        .containsExactly("stray");
    assertThat(used).containsExactly(rules.rules().getFirst());
  }

  @Test
  void aRuleIsWrittenAsItCanBeReadAgain() throws IOException {
    String text = "name=\"a \\\"b\\\"\" function=acme.Reporter.run";
    assertThat(read(text + " reason=x").rules().getFirst().text()).isEqualTo(text);
    String line = Suppression.lineFor("signature=0123456789ab", "left by \"a\"");
    assertThat(read(line).rules().getFirst().text()).isEqualTo("signature=0123456789ab");
    assertThat(read(line).rules().getFirst().reason()).isEqualTo("left by \"a\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name=reporter-?|false",
        "name=*|true",
        "function=Reporter.run|true",
        "function=Reporter.stop|false",
        "class=acme.Reporter|true",
        "class=Reporter|true",
        "class=Report|false",
        "root=Thread.run|true",
        "root=Reporter.run|false",
        "container=java.util.concurrent.ThreadPerTaskExecutor@*|true",
        "container=ThreadPerTaskExecutor|false",
        "top=Reporter.run|true",
        "top=Thread.run|false",
        "thread-class=acme.ReporterThread|true",
        "thread-class=ReporterThread|true",
        "thread-class=Thread|false",
        "thread-group=rep*s|true",
        "thread-group=main|false",
        "group=*|false",
        "created-by=acme.Registry.*|true",
        "created-by=acme.Reporter.*|false",
        "function=/Rep.*run/ root=java.lang.*|true",
        "function=/Rep.*run/ root=acme.*|false",
      })
  void aConditionMatchesWhatItsKeySays(String conditions, boolean matches) throws IOException {
    Suppressions rules = read(conditions + " reason=x");
    Dump dump = Dumps.of(named(1, "reporter-a"));
    assertThat(judge(rules, dump).getFirst().suppressedBy().isPresent()).isEqualTo(matches);
    assertThat(rules.unused(judge(rules, dump)).isEmpty()).isEqualTo(matches);
  }

  @Test
  void theLineThatAReportOffersExpectsItsGroupOnceAReasonIsWritten() throws IOException {
    Dump dump = Dumps.of(named(1, "reporter-a"));
    String line = Suppression.lineFor(Groups.of(dump).getFirst());
    assertThatThrownBy(() -> read(line)).hasMessage("rules:1: say why with reason=\"…\"");
    Suppressions rules = read(line.replace("reason=\"\"", "reason=\"reviewed\""));
    assertThat(judge(rules, dump).getFirst().verdict()).contains(Verdict.EXPECTED);
  }

  @Test
  void conditionsOfAGroupExpectItWithoutAReasonWhereThePlaceIsOne() {
    Dump dump = Dumps.of(named(1, "reporter-a"));
    String conditions = Suppression.conditionsFor(Groups.of(dump).getFirst());
    Suppressions rules = Suppressions.NONE.with(List.of(conditions), "ignored in the test");
    assertThat(judge(rules, dump).getFirst().reasons())
        .containsExactly("suppressed by ignored in the test: ignored in the test");
    assertThatThrownBy(() -> Suppressions.NONE.with(List.of("Reporter.run"), "here"))
        .hasMessageStartingWith("here \"Reporter.run\": 'Reporter.run' is no key=value");
  }

  private static DumpThread idle(String... creators) {
    return DumpThread.of(
            ThreadKind.PLATFORM, stack("java.util.concurrent.ThreadPoolExecutor.getTask"))
        .createdBy(stack(creators))
        .build();
  }

  private static List<StackGroup> left(Suppressions rules, Dump dump) {
    return rules.unsuppressed(Groups.of(dump), dump);
  }

  private static CallStack stack(String... functions) {
    return new CallStack(
        Stream.of(functions).map(name -> new Frame(name, "", Frame.UNKNOWN_LINE)).toList());
  }

  @Test
  void aPoolThatTheRuntimeUsesIsToldFromOthersByWhatUsesIt() throws IOException {
    String client = "jdk.internal.net.http.HttpClientImpl$DelegatingExecutor.execute";
    DumpThread ofClient =
        idle("java.lang.Thread.start", "java.util.concurrent.ThreadPoolExecutor.execute", client);
    String signature = Groups.signature(ofClient);
    String conditions = Suppression.conditionsFor(ofClient, signature).orElseThrow();
    assertThat(conditions).isEqualTo("signature=" + signature + " created-by=" + client);
    assertThat(Suppression.conditionsFor(Groups.of(Dumps.of(ofClient)).getFirst()))
        .isEqualTo("created-by=" + client);
    DumpThread other = idle("java.lang.Thread.start", "sun.net.httpserver.ServerImpl.execute");
    Suppressions rules = read(Suppression.lineFor(conditions, "known"));
    assertThat(left(rules, Dumps.of(ofClient))).isEmpty();
    assertThat(left(rules, Dumps.of(other))).hasSize(1);
  }

  @Test
  void whereNobodyKnowsWhoseAnIdlePoolIsNoLineExpectsIt() {
    DumpThread byPool = idle("java.lang.Thread.start", "java.util.concurrent.FutureTask.run");
    assertThat(Suppression.conditionsFor(byPool, Groups.signature(byPool))).isEmpty();
    assertThat(Suppression.conditionsFor(idle(), Groups.signature(idle()))).isEmpty();
  }

  @Test
  void theLineQuotesAFunctionWithBlanks() throws IOException {
    Dump dump = Dumps.of(Dumps.waiting(1, "main.f[go.shape.struct { A \"x\\y\" }]"));
    String line = Suppression.lineFor(Groups.of(dump).getFirst());
    Suppressions rules = read(line.replace("reason=\"\"", "reason=r"));
    assertThat(judge(rules, dump).getFirst().suppressedBy()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=a",
        "name=a reason=\" \"",
        "reason=r",
        "nmae=a reason=r",
        "name=a name=b reason=r",
        "name=\"a reason=r",
        "name=a b reason=r",
        "name= reason=r",
        "name=\"\" reason=r",
        "signature=xyz reason=r",
        "function=/(/ reason=r",
        "function=\"\" reason=r",
      })
  void aMalformedLineIsRefusedWithItsPlace(String line) {
    assertThatThrownBy(() -> read("name=ok reason=r\n" + line))
        .isInstanceOfSatisfying(
            LeakException.class, e -> assertThat(e.code()).isEqualTo(LeakException.Code.MALFORMED))
        .hasMessageStartingWith("rules:2: ");
  }

  @Test
  void aFileThatNobodyCanReviewIsRefused() {
    assertThatThrownBy(() -> read("#".repeat(20_000)))
        .hasMessageStartingWith("rules:1: at most 10,000 lines");
    assertThatThrownBy(() -> read("# \n".repeat(10_001)))
        .hasMessageStartingWith("rules:10001: at most 10,000 lines");
  }

  private static DumpThread named(long id, String name) {
    return DumpThread.of(
            ThreadKind.PLATFORM, Dumps.stack("acme.Reporter.run", "java.lang.Thread.run"))
        .id(id)
        .name(name)
        .threadClass("acme.ReporterThread")
        .threadGroup("reporters")
        .state(ThreadState.WAITING)
        .waiting(Duration.ofHours(1))
        .group("java.util.concurrent.ThreadPerTaskExecutor@1f")
        .createdBy(Dumps.stack("acme.Registry.start"))
        .build();
  }

  private static List<Finding> judge(Suppressions rules, Dump dump) {
    return new LeakRules(Duration.ofMinutes(1), 100, Optional.empty(), rules)
        .judge(dump, new Looks());
  }

  private static Suppressions read(String text) throws IOException {
    return Suppressions.read(new StringReader(text), "rules");
  }
}
