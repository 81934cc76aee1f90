package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportWriterTest {
  @Test
  void aReportTellsAllThatItsSchemaNames() throws IOException {
    Dump dump =
        Dumps.of(
            DumpThread.of(ThreadKind.PLATFORM, Dumps.stack("a.A.f"))
                .id(7)
                .name("say \"hi\"")
                .state(ThreadState.WAITING)
                .waiting(Duration.ofMillis(61_500))
                .labels(Map.of("job", "x"))
                .createdBy(Dumps.stack("a.A.start"))
                .birth(BirthRecord.RECORDED)
                .age(Duration.ofSeconds(70))
                .blockedOn(new LockRef("a.Lock", "7f"))
                .build());
    History<String> history = new History<>();
    history.add(0, Map.of());
    history.add(Duration.ofSeconds(2).toNanos(), Groups.counts(dump));
    List<Finding> findings =
        new LeakRules(Duration.ofMinutes(1), 9).judge(dump, new Looks(), history);
    LeakReport report =
        new LeakReport(
            "PID 1",
            Optional.of(Instant.parse("2026-01-02T03:04:05Z")),
            Optional.of(Duration.ofMillis(2_100)),
            dump,
            findings,
            List.of("careful"));
    StringBuilder out = new StringBuilder();
    ReportWriter.json(report, out);
    String signature = findings.getFirst().group().signature();
    assertThat(out)
        .hasToString(
            """
            {"schema":"groundhog.report/1","target":"PID 1","takenAt":"2026-01-02T03:04:05Z",\
            "watchedSeconds":2.1,"threads":1,"maxThreads":1000,"warnings":["careful"],"groups":[{"signature":"%s",\
            "verdict":"SUSPECTED","count":1,"kind":"PLATFORM","state":"WAITING","waitingOn":null,\
            "waitedSeconds":61.5,"clientGoneSeconds":null,"reasons":["it waits for at least 61 s, the limit is 60 s"],\
            "stack":[{"function":"a.A.f","file":"File.java","line":5}],"elided":null,\
            "createdBy":[{"function":"a.A.start","file":"File.java","line":9}],\
            "creationSites":[{"threads":1,"createdBy":[{"function":"a.A.start","file":"File.java","line":9}]}],\
            "labels":{"job":"x"},"retainedBytes":null,"growthPerMinute":30.0,\
            "waitedOn":[{"class":"a.Lock","threads":1,"objects":1}],\
            "startedSecondsAgo":{"threads":1,"youngest":70.0,"oldest":70.0},"threads":[{"id":7,"name":"say \\"hi\\""}]}]}
            """
                .formatted(signature));
  }

  @Test
  void aGroupListsItsThreadsUpToABound() throws IOException {
    List<DumpThread> many = new ArrayList<>();
    for (int id = 1; id <= ReportWriter.MAX_THREADS + 1; id++) {
      many.add(Dumps.waiting(id, "a.A.f"));
    }
    Dump dump = Dumps.of(many);
    StringBuilder out = new StringBuilder();
    ReportWriter.json(
        new LeakReport(
            "f",
            Optional.empty(),
            Optional.empty(),
            dump,
            LeakRules.DEFAULT.judge(dump, new Looks()),
            List.of()),
        out);
    assertThat(out)
        .contains("\"takenAt\":null", "\"count\":1001", "{\"id\":1000,\"name\":\"\"}]")
        .doesNotContain("\"id\":1001");
  }

  @Test
  void framesThatTheRuntimeLeftOutAreTold() throws IOException {
    assertThat(withGap(57)).contains("\"elided\":{\"after\":1,\"frames\":57}");
    assertThat(withGap(-1)).contains("\"elided\":{\"after\":1,\"frames\":null}");
  }

  private static String withGap(int elided) throws IOException {
    CallStack stack = new CallStack(Dumps.stack("main.f", "main.main").frames(), 1, elided);
    Dump dump = Dumps.of(DumpThread.of(ThreadKind.GOROUTINE, stack).build());
    StringBuilder out = new StringBuilder();
    ReportWriter.json("old", "new", Diff.of(Dumps.of(), dump), out);
    return out.toString();
  }

  @Test
  void aDiffTellsWhatChangedOnly() throws IOException {
    Dump before = Dumps.of(Dumps.waiting(1, "a.A.stays"));
    Dump after = Dumps.of(Dumps.waiting(1, "a.A.stays"), Dumps.waiting(2, "a.A.came"));
    StringBuilder out = new StringBuilder();
    ReportWriter.json("old", "new", Diff.of(before, after), out);
    assertThat(out)
        .asString()
        .startsWith("{\"schema\":\"groundhog.diff/1\",\"before\":\"old\",\"after\":\"new\",")
        .contains("\"change\":\"APPEARED\",\"before\":0,\"after\":1,\"new\":null", "a.A.came")
        .doesNotContain("a.A.stays");
  }
}
