package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JstackTextTest {
  private static final String JDK8 =
      """
      2020-01-02 03:04:05
      Full thread dump OpenJDK 64-Bit Server VM (25.392-b08 mixed mode):

      "pool-1-thread-1" #11 prio=5 os_prio=0 tid=0x00007f0001 nid=0x2f03 waiting on condition [0x00007f]
         java.lang.Thread.State: WAITING (parking)
      \tat sun.misc.Unsafe.park(Native Method)
      \t- parking to wait for  <0x000000076ab> (a java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject)
      \tat java.util.concurrent.locks.LockSupport.park(LockSupport.java:175)
      \tat java.util.concurrent.LinkedBlockingQueue.take(LinkedBlockingQueue.java:442)
      \tat a.B$$Lambda$1/531885035.run(Unknown Source)
      \tat java.lang.Thread.run(Thread.java:750)

         Locked ownable synchronizers:
      \t- None

      "compiled" #12 daemon prio=5 os_prio=0 tid=0x00007f0002 nid=0x2f04 in Object.wait() [0x00007f]
         java.lang.Thread.State: WAITING (on object monitor)
      \tat java.lang.Object.wait(Native Method)
      \t- waiting on <no object reference available>
      \tat a.B.poll(B.java:3)
      \t- locked <0x00000000e0> (a java.lang.Object)
      \t- locked <0x00000000e1> (a java.lang.Class for a.B)
      \tat java.lang.Thread.run(Thread.java:750)

      "blocked" #13 prio=5 os_prio=0 tid=0x00007f0003 nid=0x2f05 waiting for monitor entry [0x00007f]
         java.lang.Thread.State: BLOCKED (on object monitor)
      \tat a.B.poll(B.java:2)
      \t- waiting to lock <0x00000000e0> (a java.lang.Object)

      "VM Thread" os_prio=0 tid=0x00007f0004 nid=0x2f06 runnable

      JNI global references: 310

      Heap
       PSYoungGen      total 1K
      """;

  @Test
  void jdk8IsRead() {
    Dump dump = JvmDumps.text(JDK8);
    assertThat(dump.rows()).isEqualTo(4);
    assertThat(dump.warnings()).isEmpty();
    assertThat(dump.process().runtime()).isEqualTo("25.392-b08 mixed mode");
    DumpThread worker = JvmDumps.named(dump, "pool-1-thread-1");
    assertThat(worker.waitKind()).isEqualTo(WaitKind.QUEUE);
    assertThat(worker.age()).isEmpty();
    assertThat(worker.stack().frames().get(3).function()).isEqualTo("a.B$$Lambda$1/531885035.run");
  }

  @Test
  void aMonitorThatCompiledCodeWaitsOnIsNotHeldEvenWhenItIsNotNamed() {
    Dump dump = JvmDumps.text(JDK8);
    DumpThread waiter = JvmDumps.named(dump, "compiled");
    assertThat(waiter.blockedOn()).contains(new LockRef("java.lang.Object", "e0"));
    assertThat(waiter.holds()).containsExactly(new LockRef("java.lang.Class for a.B", "e1"));
    assertThat(JvmDumps.named(dump, "blocked").blockedOnOwner()).isEmpty();
  }

  @Test
  void aMountedVirtualThreadIsAThreadOfItsOwn() {
    Dump dump = JvmDumps.corpus("waits-jdk25-thread_print.txt");
    assertThat(JvmDumps.in(dump, "Waits.spin"))
        .singleElement()
        .satisfies(t -> assertThat(t.kind()).isEqualTo(ThreadKind.VIRTUAL))
        .satisfies(t -> assertThat(t.id()).isPresent());
    assertThat(JvmDumps.rows(dump))
        .filteredOn(t -> t.name().startsWith("ForkJoinPool-1-worker-"))
        .isNotEmpty()
        .allSatisfy(t -> assertThat(t.kind()).isEqualTo(ThreadKind.PLATFORM));
  }

  @Test
  void elapsedIsTheAge() {
    Dump dump =
        JvmDumps.text(
            """
            Full thread dump X (1):
            "a" #5 [7] prio=5 os_prio=0 cpu=1.00ms elapsed=86400.5s tid=0x1 nid=7 runnable [0x1]
               java.lang.Thread.State: RUNNABLE
            \tat a.B.m(B.java:1)

            JNI global refs: 1, weak refs: 0
            """);
    DumpThread thread = JvmDumps.named(dump, "a");
    assertThat(thread.age()).contains(Duration.ofDays(1).plusMillis(500));
    assertThat(thread.state()).isEqualTo(ThreadState.RUNNABLE);
    assertThat(thread.waitKind()).isEqualTo(WaitKind.NONE);
  }

  @Test
  void aNameMayLookLikeAHeader() {
    String name = "x\" #9 [1] daemon prio=5 \"#{]";
    Dump dump =
        JvmDumps.text(
            "Full thread dump X (1):\n\""
                + name
                + "\" #6 prio=5 os_prio=0 tid=0x1 nid=0x7 runnable [0x1]\n\nJNI global refs: 1\n");
    assertThat(JvmDumps.named(dump, name).id()).hasValue(6);
  }

  @Test
  void aDumpWithoutItsEndKeepsWhatItHasAndSaysSo() {
    Dump dump = JvmDumps.text(JDK8.substring(0, JDK8.indexOf("\"blocked\"") + 12));
    assertThat(dump.rows()).isEqualTo(2);
    assertThat(dump.warnings())
        .extracting(w -> w.text())
        .anyMatch(t -> t.contains("\"blocked\", dropped"));
    assertThat(dump.warnings()).extracting(w -> w.text()).anyMatch(t -> t.contains("no end"));
  }
}
