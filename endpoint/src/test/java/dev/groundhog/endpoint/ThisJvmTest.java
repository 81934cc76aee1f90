package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class ThisJvmTest {
  private static final String PARK = "dev.groundhog.endpoint.Parked.park";

  @Test
  void everyThreadIsSeenWithWhatItDoes() throws InterruptedException {
    try (Parked _ = Parked.start(50, 30, 4)) {
      ThisJvm jvm = ThisJvm.open();
      Dump dump = jvm.dump();
      List<DumpThread> parked = with(dump, PARK);
      assertThat(parked).hasSize(84);
      assertThat(parked).filteredOn(t -> t.kind() == ThreadKind.VIRTUAL).hasSize(80);
      assertThat(parked)
          .filteredOn(t -> t.name().startsWith("parked-"))
          .hasSize(54)
          .allSatisfy(thread -> {
            assertThat(thread.state()).isEqualTo(ThreadState.WAITING);
            assertThat(thread.waitKind()).isEqualTo(WaitKind.LATCH);
            assertThat(thread.blockedOn().orElseThrow().type())
                .isEqualTo("java.util.concurrent.CountDownLatch$Sync");
            assertThat(thread.id()).isPresent();
          });
      assertThat(parked)
          .filteredOn(t -> t.group().startsWith("java.util.concurrent.ThreadPerTaskExecutor@"))
          .hasSize(30);
      assertThat(jvm.missing()).isEmpty();
      assertThat(jvm.count()).isBetween(84L, dump.threadCount() + 20);
    }
  }

  @Test
  void whoWaitsForALockNamesItsOwner() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Object monitor = new Object();
    Thread forLock = Thread.ofVirtual().unstarted(lock::lock);
    Thread forMonitor =
        new Thread(() -> {
          synchronized (monitor) {
            Thread.onSpinWait();
          }
        });
    lock.lock();
    try {
      synchronized (monitor) {
        forLock.start();
        forMonitor.start();
        until(forLock, Thread.State.WAITING);
        until(forMonitor, Thread.State.BLOCKED);
        Dump dump = ThisJvm.open().dump();
        for (Thread thread : List.of(forLock, forMonitor)) {
          assertThat(row(dump, thread).blockedOnOwner())
              .hasValue(Thread.currentThread().threadId());
        }
        assertThat(row(dump, forMonitor).blockedOn())
            .contains(
                new LockRef(
                    "java.lang.Object", Integer.toHexString(System.identityHashCode(monitor))));
      }
    } finally {
      lock.unlock();
    }
    forMonitor.join();
  }

  private static void until(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }

  private static DumpThread row(Dump dump, Thread thread) {
    List<DumpThread> found = new ArrayList<>();
    dump.forEach(each -> {
      if (each.id().equals(OptionalLong.of(thread.threadId()))) {
        found.add(each);
      }
    });
    return found.getFirst();
  }

  @Test
  void ofManyEachIsSeenOnce() throws InterruptedException {
    try (Parked _ = Parked.start(5_000, 3_000, 0)) {
      List<DumpThread> parked = with(ThisJvm.open().dump(), PARK);
      assertThat(parked).hasSize(8_000);
      assertThat(parked.stream().map(thread -> thread.id().orElseThrow()).distinct())
          .hasSize(8_000);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("groundhog-sampler"));
  }

  @Test
  void equalStacksAreHeldOnce() throws InterruptedException {
    try (Parked _ = Parked.start(20, 0, 0)) {
      List<DumpThread> parked = with(ThisJvm.open().dump(), PARK);
      assertThat(parked).allSatisfy(t -> assertThat(t.stack()).isSameAs(parked.getFirst().stack()));
    }
  }

  @Test
  void theThreadThatLooksIsInTheDump() {
    long id = Thread.currentThread().threadId();
    assertThat(with(ThisJvm.open().dump(), "dev.groundhog.endpoint.ThisJvm.dump"))
        .singleElement()
        .satisfies(thread -> assertThat(thread.id()).hasValue(id));
  }

  private static List<DumpThread> with(Dump dump, String function) {
    List<DumpThread> found = new ArrayList<>();
    dump.forEach(thread -> {
      if (thread.stack().frames().stream().anyMatch(f -> f.function().equals(function))) {
        found.add(thread);
      }
    });
    return found;
  }
}
