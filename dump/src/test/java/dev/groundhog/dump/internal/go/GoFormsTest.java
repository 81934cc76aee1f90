package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each version of Go writes, from 1.4 to 1.27.
class GoFormsTest {
  @Test
  void go14WritesNoOffsetsForTheMainGoroutine() {
    DumpThread thread =
        one("goroutine 1 [chan receive, 5 minutes]:", "main.main()", "\t/tmp/a b/main.go:7 +0x4d");
    assertThat(thread.stack()).isEqualTo(stack(new Frame("main.main", "/tmp/a b/main.go", 7)));
    assertThat(thread.waiting()).contains(Duration.ofMinutes(5));
    assertThat(thread.waitKind()).isEqualTo(WaitKind.CHANNEL_RECEIVE);
    assertThat(thread.createdBy()).isEqualTo(CallStack.EMPTY);
  }

  @Test
  void blanksInFrontOfAPlaceAreATabThatATerminalCopied() {
    DumpThread thread =
        one("goroutine 1 [running]:", "main.main()", "        /tmp/a b/main.go:7 +0x4d");
    assertThat(thread.stack()).isEqualTo(stack(new Frame("main.main", "/tmp/a b/main.go", 7)));
  }

  @Test
  void go118CallsEveryLockASemaphoreAndTheStackTellsWhich() {
    assertThat(
            semacquire(
                "sync.runtime_SemacquireMutex", "sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock"))
        .isEqualTo(WaitKind.MUTEX);
    assertThat(semacquire("sync.runtime_SemacquireMutex", "sync.(*RWMutex).RLock"))
        .isEqualTo(WaitKind.READ_LOCK);
    assertThat(
            semacquire(
                "sync.runtime_SemacquireMutex", "sync.(*Mutex).Lock", "sync.(*RWMutex).Lock"))
        .isEqualTo(WaitKind.WRITE_LOCK);
    assertThat(semacquire("sync.runtime_Semacquire", "sync.(*WaitGroup).Wait"))
        .isEqualTo(WaitKind.LATCH);
    assertThat(
            semacquire(
                "sync.runtime_SemacquireMutex",
                "sync.(*Mutex).Lock",
                "sync.(*Once).doSlow",
                "sync.(*Once).Do"))
        .isEqualTo(WaitKind.ONCE);
    assertThat(semacquire("internal/poll.runtime_Semacquire", "internal/poll.(*fdMutex).rwlock"))
        .isEqualTo(WaitKind.SEMAPHORE);
    // The caller of a lock is in a Once, but does not wait for it.
    assertThat(semacquire("sync.(*Mutex).Lock", "main.setUp", "sync.(*Once).doSlow"))
        .isEqualTo(WaitKind.MUTEX);
  }

  @Test
  void go121NamesTheCreatorAndCountsWhatItLeavesOut() {
    DumpThread thread =
        one(
            "goroutine 18 gp=0xc000102000 m=nil mp=0x0 [select (no cases), 12 minutes, locked to thread]:",
            "runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)",
            "\t/go/src/runtime/proc.go:398 +0xce fp=0xc00004af68 sp=0xc00004af48 pc=0x43b2ee",
            "...57 frames elided...",
            "main.(*T[...]).run(0xc0000, {0x1, 0x2}, ...)",
            "\t/x/main.go:9",
            "created by main.start.func1 in goroutine 1",
            "\t/x/main.go:20 +0x4d");
    assertThat(thread.id()).isEqualTo(OptionalLong.of(18));
    assertThat(thread.lockedToThread()).isTrue();
    assertThat(thread.waitKind()).isEqualTo(WaitKind.FOREVER);
    assertThat(thread.creatorId()).isEqualTo(OptionalLong.of(1));
    assertThat(thread.createdBy())
        .isEqualTo(stack(new Frame("main.start.func1", "/x/main.go", 20)));
    assertThat(thread.stack())
        .isEqualTo(
            new CallStack(
                List.of(
                    new Frame("runtime.gopark", "/go/src/runtime/proc.go", 398),
                    new Frame("main.(*T[...]).run", "/x/main.go", 9)),
                1,
                57));
  }

  @Test
  void argumentsAndAddressesDoNotMakeAStackAnother() {
    DumpThread first = one("goroutine 7 [running]:", "main.f(0x1, 0x2)", "\t/x.go:3 +0x1d");
    DumpThread second =
        one("goroutine 7 [running]:", "main.f(...)", "\t/x.go:3 +0xff fp=0x1 sp=0x2 pc=0x3");
    assertThat(first).isEqualTo(second);
  }

  @Test
  void go126MarksLeakedGoroutinesAndMayHaveLabelsInTheBracket() {
    DumpThread thread =
        one(
            "goroutine 18 [chan send (leaked) (scan) labels:{\"foo]\": \"ba, \\\"z\"}, locked to thread]:",
            "main.f(...)",
            "\t/x.go:3");
    assertThat(thread.leaked()).isTrue();
    assertThat(thread.waitReason()).isEqualTo("chan send");
    assertThat(thread.labels()).isEqualTo(Map.of("foo]", "ba, \"z"));
    assertThat(thread.lockedToThread()).isTrue();
    assertThat(thread.waiting()).isEqualTo(Optional.empty());
  }

  @Test
  void go127WritesLabelsBehindTheBracket() {
    DumpThread thread =
        one(
            "goroutine 8 [chan receive (durable), 2 minutes, synctest bubble 3] {test.iter: 0, \"a key\": \"v: \\u00e9}\"}:",
            "main.f(...)",
            "\t/x.go:3");
    assertThat(thread.labels()).isEqualTo(Map.of("test.iter", "0", "a key", "v: é}"));
    assertThat(thread.group()).isEqualTo("synctest bubble 3");
    assertThat(thread.waitKind()).isEqualTo(WaitKind.CHANNEL_RECEIVE);
    assertThat(thread.state()).isEqualTo(ThreadState.WAITING);
  }

  @Test
  void ancestorsAreNoPartOfTheStack() {
    DumpThread thread =
        one(
            "goroutine 9 [sleep]:",
            "time.Sleep(0x1)",
            "\t/t.go:1 +0x1",
            "created by main.b",
            "\t/x.go:2 +0x1",
            "[originating from goroutine 1]:",
            "main.b(...)",
            "\t/x.go:5 +0x1",
            "...additional frames elided...",
            "created by main.a",
            "\t/x.go:6 +0x1");
    assertThat(thread.stack()).isEqualTo(stack(new Frame("time.Sleep", "/t.go", 1)));
    assertThat(thread.createdBy()).isEqualTo(stack(new Frame("main.b", "/x.go", 2)));
  }

  @Test
  void framesOfCHaveNoParentheses() {
    DumpThread thread =
        one(
            "goroutine 9 [syscall, locked to thread]:",
            "c_sleep",
            "\t/x.c:12 pc=0x45a1",
            "non-Go function at pc=7f00",
            "pthread_start",
            "\tpc=0x45a2",
            "runtime.cgocall(0x1, 0x2)",
            "\t/r.go:1 +0x1");
    assertThat(thread.stack())
        .isEqualTo(
            stack(
                new Frame("c_sleep", "/x.c", 12),
                new Frame("non-Go function", "", 0),
                new Frame("pthread_start", "", 0),
                new Frame("runtime.cgocall", "/r.go", 1)));
    assertThat(thread.state()).isEqualTo(ThreadState.SYSCALL);
  }

  @Test
  void aGoroutineOnAnotherThreadHasNoStack() {
    DumpThread thread =
        one(
            "goroutine 9 [running]:",
            "\tgoroutine running on other thread; stack unavailable",
            "created by main.b in goroutine 1",
            "\t/x.go:2 +0x1");
    assertThat(thread.stack()).isEqualTo(CallStack.EMPTY);
    assertThat(thread.creatorId()).isEqualTo(OptionalLong.of(1));
  }

  @Test
  void aPanicAndItsRegistersAreAroundTheDump() {
    Dump dump =
        Dumps.text(
            "panic: boom [recovered]",
            "\tpanic: again",
            "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x45]",
            "",
            "goroutine 1 [running]:",
            "panic({0x45, 0x46})",
            "\t/r.go:1 +0x1",
            "main.main()",
            "\t/x.go:2 +0x1",
            "",
            "goroutine 2 [force gc (idle)]:",
            "runtime.forcegchelper()",
            "\t/r.go:3 +0x1",
            "created by runtime.init.6",
            "\t/r.go:4 +0x1",
            "",
            "rax    0x0",
            "rip    0x40ccd9",
            "exit status 2");
    assertThat(dump.warnings()).isEmpty();
    assertThat(Dumps.rows(dump))
        .extracting(DumpThread::waitKind)
        .containsExactly(WaitKind.NONE, WaitKind.RUNTIME);
  }

  @ParameterizedTest
  @CsvSource({
    "sync.Mutex.Lock, WAITING, MUTEX",
    "sync.RWMutex.RLock, WAITING, READ_LOCK",
    "sync.WaitGroup.Wait (durable), WAITING, LATCH",
    "chan send (nil chan), WAITING, FOREVER",
    "GC worker (idle), WAITING, RUNTIME",
    "cleanup wait, WAITING, RUNTIME",
    "a reason of the future, WAITING, UNKNOWN",
    "IO wait, WAITING, IO",
    "runnable, RUNNABLE, NONE",
    "copystack, RUNNABLE, NONE",
    "???, UNKNOWN, UNKNOWN",
    "dead, TERMINATED, NONE"
  })
  void everyReasonHasAStateAndAKind(String reason, ThreadState state, WaitKind kind) {
    DumpThread thread = one("goroutine 9 [" + reason + "]:", "main.f(...)", "\t/x.go:3");
    assertThat(thread.state()).isEqualTo(state);
    assertThat(thread.waitKind()).isEqualTo(kind);
    assertThat(thread.waitReason()).isEqualTo(reason);
  }

  @Test
  void aggregatedTextOfLeakedGoroutinesIsMarked() {
    Dump dump =
        Dumps.text(
            "goroutineleak profile: total 3",
            "3 @ 0x1 0x2 0x3",
            "# labels: {\"a\":\"b\", \"c\\n\":\"d\"}",
            "#\t0x1\tsync.(*Mutex).Lock+0x24\t\t\t/s.go:10",
            "#\t0x2",
            "#\t0x3\tmain.f+0x1\t/x y.go:1",
            "");
    DumpThread row = Dumps.row(dump);
    assertThat(dump.warnings()).isEmpty();
    assertThat(row.count()).isEqualTo(3);
    assertThat(row.leaked()).isTrue();
    assertThat(row.labels()).isEqualTo(Map.of("a", "b", "c\n", "d"));
    assertThat(row.waitKind()).isEqualTo(WaitKind.MUTEX);
    assertThat(row.stack())
        .isEqualTo(
            stack(
                new Frame("sync.(*Mutex).Lock", "/s.go", 10),
                new Frame("0x2", "", 0),
                new Frame("main.f", "/x y.go", 1)));
  }

  private static WaitKind semacquire(String... functions) {
    StringBuilder text = new StringBuilder("goroutine 5 [semacquire]:\n");
    for (String function : functions) {
      text.append(function).append("(0x0?)\n\t/s.go:1 +0x1\n");
    }
    return one(text.append("main.f()\n\t/x.go:1 +0x2").toString()).waitKind();
  }

  private static DumpThread one(String... lines) {
    Dump dump = Dumps.text(lines);
    assertThat(dump.warnings()).isEmpty();
    return Dumps.row(dump);
  }

  private static CallStack stack(Frame... frames) {
    return new CallStack(List.of(frames));
  }
}
