package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.leak.Baseline;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.Suppressions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LeakTextTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void nothingSuspectedSaysWhoWasNotWatchedForLongEnough() {
    assertThat(text(Optional.of(Duration.ofSeconds(2)), true, 2))
        .contains(
            "2 other threads wait, watched for 2.0 s only: with --every 61s those that wait for"
                + " 1 min are suspected");
    assertThat(text(Optional.of(Duration.ofSeconds(8)), true, 5))
        .contains("with --every 16s those");
    assertThat(text(Optional.empty(), true, 1))
        .contains("one look does not tell for how long: with --looks 2 --every 61s those");
    assertThat(text(Optional.empty(), false, 2))
        .contains("2 other threads wait; the dump does not tell for how long");
  }

  @Test
  void whoWasWatchedForLongEnoughIsDecided() {
    assertThat(text(Optional.of(LIMIT), true, 2)).doesNotContain("other thread");
  }

  @Test
  void expectedThreadsThatGrewAreShown() {
    Dump one = dump("java.util.concurrent.ThreadPoolExecutor.getTask", 1);
    Dump two = dump("java.util.concurrent.ThreadPoolExecutor.getTask", 2);
    LeakRules rules = new LeakRules(LIMIT, 1_000, Optional.of(Baseline.of(one)), Suppressions.NONE);
    assertThat(text(rules, two, Optional.empty(), false, 2))
        .contains("nothing suspected")
        .contains("EXPECTED  2 platform threads", "because grew from 1 to 2 over the baseline");
    assertThat(text(LeakRules.DEFAULT, two, Optional.empty(), false, 2)).doesNotContain("EXPECTED");
  }

  private static String text(Optional<Duration> watched, boolean isLive, int looks) {
    return text(LeakRules.DEFAULT, dump("acme.Server.handle", 2), watched, isLive, looks);
  }

  private static String text(
      LeakRules rules, Dump dump, Optional<Duration> watched, boolean isLive, int looks) {
    StringWriter written = new StringWriter();
    PrintWriter out = new PrintWriter(written);
    LeakText text = new LeakText(out, new Theme(false));
    LeakReport report =
        new LeakReport(
            "PID 1", Optional.empty(), watched, dump, rules.judge(dump, new Looks()), List.of());
    text.report(report, false);
    text.undecided(report, isLive, LIMIT, looks);
    out.flush();
    return written.toString();
  }

  private static Dump dump(String function, int threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    for (int id = 1; id <= threads; id++) {
      collector.thread(
          DumpThread.of(
                  ThreadKind.PLATFORM, new CallStack(List.of(new Frame(function, "A.java", 1))))
              .id(id)
              .state(ThreadState.WAITING)
              .build());
    }
    collector.end();
    return collector.dumps().getFirst();
  }
}
