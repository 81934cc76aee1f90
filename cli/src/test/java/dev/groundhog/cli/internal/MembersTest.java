package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MembersTest {
  @Test
  void aFewAreNamedAndTheOthersCounted() {
    Dump dump =
        dump(thread(1).name("main\n"), thread(2), thread(3).name("b"), thread(4), thread(5));
    assertThat(new Members(dump).who(group(dump)))
        .isEqualTo("\"main\\u000a\" #1, #2, \"b\" #3 and 2 more");
    Dump nameless = dump(thread(1).name("x".repeat(50)));
    assertThat(new Members(nameless).who(group(nameless)))
        .isEqualTo('"' + "x".repeat(39) + "…\" #1");
    Dump aggregated = dump(DumpThread.of(ThreadKind.GOROUTINE, STACK).count(7));
    assertThat(new Members(aggregated).who(group(aggregated))).isEmpty();
  }

  @Test
  void whatTheDumpTellsOfWaitingIsARange() {
    assertThat(waiting(thread(1), thread(2))).isEmpty();
    assertThat(waiting(minutes(3), minutes(3))).isEqualTo("waiting 3 min");
    assertThat(waiting(minutes(14), minutes(3))).isEqualTo("waiting 3 min to 14 min");
    assertThat(waiting(minutes(14), minutes(3), thread(3))).isEqualTo("waiting up to 14 min");
  }

  @Test
  void theOwnerOfALockIsNamed() {
    LockRef lock = new LockRef("java.lang.Object", "7f");
    Dump dump = dump(thread(1).blockedOn(lock).blockedOnOwner(2), thread(2).name("owner"));
    assertThat(new Members(dump).blockedOn(dump.row(0)))
        .isEqualTo("blocked on java.lang.Object@7f, held by \"owner\" #2");
    Dump gone = dump(thread(1).blockedOn(lock).blockedOnOwner(99), thread(2).blockedOn(lock));
    assertThat(new Members(gone).blockedOn(group(gone)))
        .isEqualTo("blocked on java.lang.Object@7f, held by #99");
    Dump several =
        dump(thread(1).blockedOn(lock), thread(2).blockedOn(new LockRef("java.lang.Object", "8")));
    assertThat(new Members(several).blockedOn(group(several)))
        .isEqualTo("blocked on 2 objects: java.lang.Object");
  }

  @Test
  void aDeadlockIsShown() {
    LockRef a = new LockRef("acme.A", "1");
    LockRef b = new LockRef("acme.B", "2");
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    new Report(out, new Theme(false))
        .deadlocks(
            dump(
                thread(1).name("left").blockedOn(b).blockedOnOwner(2),
                thread(2).name("right").blockedOn(a).blockedOnOwner(1)));
    assertThat(text.toString().strip().lines())
        .containsExactly(
            "deadlock of 2 threads, each blocked on what the next one holds",
            "    \"left\" #1 blocked on acme.B@2, held by \"right\" #2",
            "    \"right\" #2 blocked on acme.A@1, held by \"left\" #1");
  }

  private static final CallStack STACK = new CallStack(List.of(new Frame("a.A.f", "A.java", 1)));

  private static String waiting(DumpThread.Builder... threads) {
    Dump dump = dump(threads);
    return new Members(dump).waiting(group(dump));
  }

  private static DumpThread.Builder thread(long id) {
    return DumpThread.of(ThreadKind.PLATFORM, STACK).id(id);
  }

  private static DumpThread.Builder minutes(int minutes) {
    return thread(minutes).waiting(Duration.ofMinutes(minutes));
  }

  private static StackGroup group(Dump dump) {
    return Groups.of(dump).getFirst();
  }

  private static Dump dump(DumpThread.Builder... threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    for (DumpThread.Builder thread : threads) {
      collector.thread(thread.build());
    }
    collector.end();
    return collector.dumps().getFirst();
  }
}
