package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.leak.Baseline;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.Suppressions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
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

  @Test
  void theHeadlineCountsThreadsByVerdictTheStrongestFirst() {
    DumpThread.Builder waits = thread("acme.Reader.read", 1);
    DumpThread proven =
        DumpThread.of(ThreadKind.GOROUTINE, stack("main.f")).id(2).leaked(true).build();
    DumpThread gone = thread("acme.Server.handle", 3).clientGone(LIMIT).build();
    DumpThread alsoGone = thread("acme.Server.other", 4).clientGone(LIMIT).build();
    LeakRules rules = new LeakRules(LIMIT, 2);
    assertThat(headline(rules, waits.build(), waits.build(), gone, alsoGone, proven))
        .isEqualTo("1 thread proven, 2 threads abandoned, 2 threads suspected in PID 1, 5 threads");
    assertThat(headline(rules, waits.build(), gone))
        .isEqualTo("1 thread abandoned in PID 1, 2 threads");
    assertThat(headline(rules, waits.build(), waits.build()))
        .isEqualTo("2 threads suspected in PID 1, 2 threads");
    assertThat(headline(rules, waits.build())).isEqualTo("nothing suspected in PID 1, 1 thread");
  }

  @Test
  void whoIsAbandonedIsShownWithItsLabelsAndWhy() {
    DumpThread gone =
        thread("acme.Server.handle", 3)
            .clientGone(Duration.ofSeconds(12))
            .labels(Map.of("route", "/logs/{id}", "method", "GET\n"))
            .build();
    assertThat(text(LeakRules.DEFAULT, dump(gone), Optional.empty(), true, 2))
        .contains(
            "ABANDONED  1 platform thread, WAITING, {method=GET\\u000a, route=/logs/{id}}\n",
            "    because its client has been gone for 12 s, the grace time is 10 s\n",
            "    to expect it: signature=");
  }

  @Test
  void whoIsProvenIsToldWithWhatItWaitsOnAndWhoStartedItWhenIn80Columns() {
    CallStack stack =
        new CallStack(
            List.of(
                new Frame("java.util.concurrent.locks.LockSupport.park", "LockSupport.java", 1),
                new Frame("java.util.concurrent.CountDownLatch.await", "CountDownLatch.java", 2),
                new Frame("acme.Job.await", "Job.java", 3)));
    DumpThread[] proven = new DumpThread[3];
    for (int i = 0; i < proven.length; i++) {
      proven[i] =
          DumpThread.of(ThreadKind.VIRTUAL, stack)
              .id(i + 1)
              .state(ThreadState.WAITING)
              .waits(WaitKind.LATCH, "")
              .blockedOn(new LockRef("java.util.concurrent.CountDownLatch$Sync", "7" + i))
              .birth(BirthRecord.RECORDED)
              .age(Duration.ofMinutes(3 + i))
              .createdBy(stack(i == 0 ? "acme.Retry.submit" : "acme.Server.submit"))
              .leaked(true)
              .build();
    }
    assertThat(text(LeakRules.DEFAULT, dump(proven), Optional.empty(), true, 2))
        .startsWith(
            """
            3 threads proven in PID 1, 3 threads

            PROVEN  3 virtual threads, WAITING (latch)
                because a collection found that nothing that can run holds it, what it waits
                  on, or its executor
                each waits in CountDownLatch.await on 3 × CountDownLatch$Sync
                started 3 min to 5 min ago by Server.submit (2 of 3), Retry.submit (1 of 3)
                #1, #2, #3
                  java.util.concurrent.locks.LockSupport.park  LockSupport.java:1
                  java.util.concurrent.CountDownLatch.await  CountDownLatch.java:2
                → acme.Job.await  Job.java:3
            """);
    DumpThread one = proven[0].with().stranded(true).group("acme.Pool@1").blockedOnOwner(2).build();
    assertThat(text(LeakRules.DEFAULT, dump(one), Optional.empty(), true, 2))
        .contains(
            """
            STRANDED  1 virtual thread, WAITING (latch)
                because a collection found that nothing that can run holds it or what it
                  waits on; only the shutdown of an executor, its own (acme.Pool@1) or that
                  of another such thread which reaches it, could make it go on
                waits in CountDownLatch.await on CountDownLatch$Sync, held by #2
                started 3 min ago by Retry.submit
            """);
  }

  private static String headline(LeakRules rules, DumpThread... threads) {
    return text(rules, dump(threads), Optional.empty(), true, 2).lines().findFirst().orElseThrow();
  }

  private static String text(Optional<Duration> watched, boolean isLive, int looks) {
    return text(LeakRules.DEFAULT, dump("acme.Server.handle", 2), watched, isLive, looks);
  }

  private static String text(
      LeakRules rules, Dump dump, Optional<Duration> watched, boolean isLive, int looks) {
    StringWriter written = new StringWriter();
    PrintWriter out = new PrintWriter(written);
    LeakText text = new LeakText(out, new Theme(false), OptionalInt.of(80));
    LeakReport report =
        new LeakReport(
            "PID 1", Optional.empty(), watched, dump, rules.judge(dump, new Looks()), List.of());
    text.report(report, false);
    text.undecided(report, isLive, LIMIT, looks);
    out.flush();
    return written.toString();
  }

  private static Dump dump(String function, int threads) {
    return dump(
        IntStream.rangeClosed(1, threads)
            .mapToObj(id -> thread(function, id).build())
            .toArray(DumpThread[]::new));
  }

  private static Dump dump(DumpThread... threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    for (DumpThread thread : threads) {
      collector.thread(thread);
    }
    collector.end();
    return collector.dumps().getFirst();
  }

  private static DumpThread.Builder thread(String function, long id) {
    return DumpThread.of(ThreadKind.PLATFORM, stack(function)).id(id).state(ThreadState.WAITING);
  }

  private static CallStack stack(String function) {
    return new CallStack(List.of(new Frame(function, "A.java", 1)));
  }
}
