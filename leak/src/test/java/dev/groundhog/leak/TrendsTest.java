package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrendsTest {
  private static final LeakRules RULES = new LeakRules(Duration.ofMinutes(1), 3);

  private final List<DumpThread> threads = new ArrayList<>();
  private long nextId = 1;
  private long seconds;

  private void start(int count, String function, String creator) {
    for (int i = 0; i < count; i++) {
      DumpThread.Builder thread = Dumps.waiting(nextId++, function).with();
      threads.add(
          creator.isEmpty() ? thread.build() : thread.createdBy(Dumps.stack(creator)).build());
    }
  }

  /// Ten seconds later.
  private Dump look(Trends trends) {
    Dump dump = Dumps.of(threads);
    trends.add(Duration.ofSeconds(seconds).toNanos(), RULES.judge(dump, new Looks()), dump);
    seconds += 10;
    return dump;
  }

  @Test
  void aGroupIsTakenApartByWhereItsThreadsWereStarted() {
    Trends trends = new Trends(10, 10);
    start(4, "a.Work.take", "a.Start.slow");
    start(1, "a.Work.take", "a.Start.fast");
    look(trends);
    start(1, "a.Work.take", "a.Start.slow");
    start(9, "a.Work.take", "a.Start.fast");
    look(trends);
    assertThat(trends.rows()).map(TrendsTest::site).containsExactly("a.Start.fast", "a.Start.slow");
    Trends.Row fast = trends.rows().getFirst();
    assertThat(fast.count()).isEqualTo(10);
    assertThat(fast.counts()).containsExactly(OptionalLong.of(1), OptionalLong.of(10));
    assertThat(fast.growthPerMinute()).hasValue(54);
    assertThat(trends.rows().getLast().growthPerMinute()).hasValue(6);
  }

  @Test
  void whoseStartIsNotRecordedCountsForTheOnlyPlaceThatIsKnown() {
    Trends trends = new Trends(10, 10);
    start(6, "a.Work.take", "");
    look(trends);
    start(5, "a.Work.take", "");
    start(1, "a.Work.take", "a.Start.one");
    look(trends);
    assertThat(trends.rows()).hasSize(1);
    Trends.Row row = trends.rows().getFirst();
    assertThat(site(row)).isEqualTo("a.Start.one");
    assertThat(row.recorded()).isEqualTo(1);
    assertThat(row.counts()).containsExactly(OptionalLong.of(6), OptionalLong.of(12));
    start(1, "a.Work.take", "a.Start.two");
    look(trends);
    assertThat(trends.rows())
        .map(TrendsTest::site)
        .containsExactly("", "a.Start.one", "a.Start.two");
    assertThat(trends.rows()).map(Trends.Row::count).containsExactly(11L, 1L, 1L);
  }

  @Test
  void whatIsSuppressedIsNoPartOfTheOthers() throws IOException {
    Trends trends = new Trends(10, 10);
    start(5, "a.Work.take", "");
    threads.set(0, threads.getFirst().with().name("known").build());
    Suppressions known =
        Suppressions.read(new StringReader("name=known reason=\"reviewed\""), "rules");
    Dump dump = Dumps.of(threads);
    LeakRules rules = new LeakRules(RULES.older(), 3, Optional.empty(), known);
    trends.add(0, rules.judge(dump, new Looks()), dump);
    assertThat(trends.rows()).map(Trends.Row::count).containsExactly(4L, 1L);
    assertThat(trends.rows()).map(Trends.Row::isNews).containsExactly(true, false);
  }

  @Test
  void beyondTheBoundTheStrongestVerdictsAreKeptAndTheOthersCounted() {
    Trends trends = new Trends(10, 2);
    start(2, "a.Proven.take", "");
    threads.replaceAll(thread -> thread.with().leaked(true).build());
    for (int other = 0; other < 3; other++) {
      start(3 + other, "a.Other" + other + ".take", "");
    }
    look(trends);
    assertThat(trends.leftOut()).isEqualTo(2);
    assertThat(trends.rows()).map(Trends.Row::count).containsExactly(2L, 5L);
    threads.removeIf(thread -> thread.stack().toString().contains("Other2"));
    look(trends);
    assertThat(trends.leftOut()).isEqualTo(1);
    assertThat(trends.rows().getLast().counts())
        .describedAs("the first look left it out")
        .containsExactly(OptionalLong.empty(), OptionalLong.of(4));
  }

  @Test
  void theOldestLookIsForgotten() {
    Trends trends = new Trends(3, 10);
    for (int look = 0; look < 5; look++) {
      start(1, "a.Work.take", "");
      look(trends);
    }
    assertThat(trends.looks()).isEqualTo(5);
    assertThat(trends.rows().getFirst().counts())
        .containsExactly(OptionalLong.of(3), OptionalLong.of(4), OptionalLong.of(5));
  }

  @Test
  void newsIsWhatIsAccusedOrGrowsThoughNothingExpectsIt() {
    Trends trends = new Trends(10, 10);
    start(1, "a.Grows.take", "");
    start(1, "a.Stays.take", "");
    start(3, "a.Many.take", "");
    look(trends);
    assertThat(trends.rows()).map(Trends.Row::isNews).containsExactly(true, false, false);
    start(1, "a.Grows.take", "");
    look(trends);
    assertThat(trends.rows()).map(Trends.Row::isNews).containsExactly(true, true, false);
  }

  @Test
  void aLookAsJsonTellsAllThatItsSchemaNames() throws IOException {
    Trends trends = new Trends(10, 10);
    start(1, "a.Work.take", "a.Start.one");
    look(trends);
    start(2, "a.Work.take", "a.Start.one");
    Dump dump = look(trends);
    LeakReport report =
        new LeakReport(
            "PID 1", Optional.empty(), Optional.empty(), dump, List.of(), List.of("careful"));
    StringBuilder out = new StringBuilder();
    TrendWriter.json(trends, report, out);
    assertThat(out)
        .hasToString(
            """
            {"schema":"groundhog.watch/1","target":"PID 1","takenAt":null,"look":2,"watchedSeconds":null,\
            "threads":3,"warnings":["careful"],"leftOut":0,"groups":[{"signature":"%s","verdict":"SUSPECTED",\
            "count":3,"growthPerMinute":12.0,"counts":[1,3],"kind":"VIRTUAL","state":"WAITING",\
            "waitingOn":"QUEUE","waitedSeconds":null,"function":"a.Work.take",\
            "createdBy":[{"function":"a.Start.one","file":"File.java","line":11}],"recorded":3}]}
            """
                .formatted(Groups.signature(threads.getFirst())));
  }

  private static String site(Trends.Row row) {
    return row.createdBy().frames().stream().map(frame -> frame.function()).findFirst().orElse("");
  }
}
