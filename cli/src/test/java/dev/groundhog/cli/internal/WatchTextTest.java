package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.Trends;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WatchTextTest {
  private final StringWriter written = new StringWriter();
  private final Trends trends = new Trends(10, 20);
  private final List<DumpThread> threads = new ArrayList<>();

  private WatchText text(boolean redraws, int height) {
    return new WatchText(
        new PrintWriter(written),
        new Theme(false),
        Sparkline.BLOCKS,
        redraws,
        () -> OptionalInt.of(height));
  }

  private void start(int count, String function) {
    for (int i = 0; i < count; i++) {
      threads.add(
          DumpThread.of(ThreadKind.VIRTUAL, stack(function))
              .id(threads.size())
              .state(ThreadState.WAITING)
              .waits(WaitKind.QUEUE, "")
              .createdBy(stack("acme.Server.accept\u001b"))
              .build());
    }
  }

  private static CallStack stack(String function) {
    return new CallStack(List.of(new Frame(function, "A.java", 1)));
  }

  private void look(WatchText text) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    threads.forEach(collector::thread);
    collector.end();
    Dump dump = collector.dumps().getFirst();
    List<Finding> findings = new LeakRules(Duration.ofMinutes(1), 2).judge(dump, new Looks());
    trends.add(Duration.ofSeconds(10 * trends.looks()).toNanos(), findings, dump);
    Duration watched = Duration.ofSeconds(10 * trends.looks() - 10);
    text.look(
        trends,
        new LeakReport(
            "PID 1",
            Optional.of(Instant.parse("2026-01-02T03:04:05.678Z")),
            Optional.of(watched).filter(Duration::isPositive),
            dump,
            findings,
            List.of("one", "two")),
        false);
  }

  @Test
  void inAPipeThereIsOneBlockForEachLook() {
    WatchText text = text(false, 1);
    start(2, "acme.Queue.take");
    look(text);
    start(1, "acme.Queue.take");
    look(text);
    assertThat(written)
        .hasToString(
            """
            2 threads suspected in PID 1, 2 threads
            look 1 at 2026-01-02T03:04:05Z
            warning: one (and 1 more)
            SUSPECTED       2 virtual threads            —  ▁
                WAITING (queue) at Queue.take  A.java:1
                created by Server.accept\\u001b  A.java:1

            3 threads suspected in PID 1, 3 threads
            look 2 at 2026-01-02T03:04:05Z, watched for 10 s
            warning: one (and 1 more)
            SUSPECTED       3 virtual threads       +6/min  ▁▂
                WAITING (queue) at Queue.take  A.java:1
                created by Server.accept\\u001b  A.java:1
            """);
  }

  @Test
  void onATerminalABlockTakesThePlaceOfTheOneBeforeAndIsNoHigherThanIt() {
    int height = 12;
    WatchText text = text(true, height);
    for (int group = 0; group < 9; group++) {
      start(2, "acme.Queue" + group + ".take");
    }
    look(text);
    int lines = (int) written.toString().lines().count() - 1; // the last one is the end of no-wrap
    assertThat(lines).isLessThan(height);
    assertThat(written.toString()).contains("and 7 more groups\n").doesNotContain("A\u001b[J");
    look(text);
    assertThat(written.toString()).contains("\u001b[" + lines + "A\u001b[J");
  }

  @Test
  void whatWasTooMuchToKeepIsTold() {
    WatchText text = text(false, 1);
    for (int group = 0; group < 22; group++) {
      start(1, "acme.Queue" + group + ".take");
    }
    look(text);
    assertThat(written.toString()).contains("2 groups of this look were too many to keep\n");
  }
}
