package dev.groundhog.agent.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jdk.internal.vm.GroundhogThreads1;
import org.junit.jupiter.api.Test;

/// That a set which stands in for one of the JDK's is no different to whoever uses it, whatever a
/// proof does to it.
final class StandInTest {
  private final Set<Thread> own = ConcurrentHashMap.newKeySet();
  private final GroundhogThreads1 threads = new GroundhogThreads1(own);
  private final List<Thread> some =
      IntStream.range(0, 1_000).mapToObj(_ -> Thread.ofVirtual().unstarted(() -> {})).toList();

  private static boolean isEven(Thread thread) {
    return thread.threadId() % 2 == 0;
  }

  @Test
  void hasWhatTheSetHad() {
    own.addAll(some);

    assertThat(threads).hasSize(1_000).containsExactlyInAnyOrderElementsOf(some);
  }

  @Test
  void hasAllWhileSomeAreHandedOver() {
    own.addAll(some);
    assertThat(threads.prepare(null, false, StandInTest::isEven).size()).isEqualTo(500);
    threads.handOver();

    assertThat(threads).hasSize(1_000).containsExactlyInAnyOrderElementsOf(some);
    assertThat(threads).contains(some.get(0), some.get(1));
    assertThat(threads.isEmpty()).isFalse();

    threads.close();
    assertThat(threads).hasSize(1_000).containsExactlyInAnyOrderElementsOf(some);
    assertThat(own).hasSize(1_000);
  }

  @Test
  void takesInAndLetsGoWhileSomeAreHandedOver() {
    own.addAll(some.subList(0, 998));
    threads.prepare(null, false, StandInTest::isEven);
    threads.add(some.get(998));
    threads.handOver();
    threads.add(some.get(999));
    assertThat(threads.remove(some.get(0))).isTrue();
    assertThat(threads.remove(some.get(0))).isFalse();
    assertThat(threads.remove(some.get(1))).isTrue();

    assertThat(threads).hasSize(998).containsExactlyInAnyOrderElementsOf(some.subList(2, 1_000));

    threads.close();
    assertThat(own).hasSize(998).containsExactlyInAnyOrderElementsOf(some.subList(2, 1_000));
  }

  @Test
  void isEmptyOnceAllHaveLeft() {
    own.addAll(some.subList(0, 4));
    threads.prepare(null, false, StandInTest::isEven);
    threads.handOver();
    some.subList(0, 3).forEach(threads::remove);
    assertThat(threads.isEmpty()).isFalse();
    threads.remove(some.get(3));

    assertThat(threads.isEmpty()).isTrue();
    assertThat(threads).isEmpty();
    threads.close();
    assertThat(own).isEmpty();
  }

  @Test
  void whatLeavesBetweenTheLookAndTheHandingOverIsGone() {
    own.addAll(some);
    threads.prepare(null, false, StandInTest::isEven);
    some.forEach(threads::remove);
    threads.handOver();

    assertThat(threads.isEmpty()).isTrue();
    threads.close();
    assertThat(own).isEmpty();
  }

  @Test
  void anIterationThatBeganBeforeIsComplete() {
    own.addAll(some);
    List<Thread> seen = new ArrayList<>();
    var iterator = threads.iterator();
    for (int i = 0; i < 500; i++) {
      seen.add(iterator.next());
    }
    threads.prepare(null, false, StandInTest::isEven);
    threads.handOver();
    iterator.forEachRemaining(seen::add);

    assertThat(seen).containsExactlyInAnyOrderElementsOf(some);
  }

  @Test
  void anIterationThatBeganMeanwhileIsCompleteAfterwards() {
    own.addAll(some);
    threads.prepare(null, false, StandInTest::isEven);
    threads.handOver();
    var stream = threads.stream();
    threads.close();

    assertThat(stream).containsExactlyInAnyOrderElementsOf(some);
  }

  @Test
  void hasAllWhileSomeStayHandedOverOrAreWatched() {
    own.addAll(some);
    threads.prepare(this, true, StandInTest::isEven);
    threads.handOver();
    assertThat(threads).hasSize(1_000).containsExactlyInAnyOrderElementsOf(some);

    assertThat(threads.remove(some.get(0))).isTrue();
    threads.prepare(this, true, thread -> !isEven(thread));
    assertThat(threads.remove(some.get(1))).isTrue();
    threads.handOver();
    assertThat(threads).containsExactlyInAnyOrderElementsOf(some.subList(2, 1_000));

    assertThat(threads.watch(this, StandInTest::isEven).size()).isEqualTo(499);
    assertThat(threads.remove(some.get(2))).isTrue();
    assertThat(threads).containsExactlyInAnyOrderElementsOf(some.subList(3, 1_000));
    threads.close();
    assertThat(threads.isOpen()).isFalse();
    assertThat(threads).hasSize(997).containsExactlyInAnyOrderElementsOf(some.subList(3, 1_000));
  }

  @Test
  void whoComesByTheWayOfTheSetThatWasReplacedIsCounted() {
    own.addAll(some.subList(0, 2));
    threads.prepare(this, true, _ -> true);
    threads.handOver();
    threads.remove(some.get(0));
    threads.remove(some.get(1));
    assertThat(threads.isEmpty()).isTrue();

    own.add(some.get(2)); // by code that had read the JDK's field before
    assertThat(threads.isEmpty()).isFalse();

    threads.prepare(this, true, _ -> true);
    threads.handOver();
    assertThat(threads).containsExactly(some.get(2));
    threads.remove(some.get(2));
    assertThat(threads.isEmpty()).isTrue();
  }

  @Test
  void nothingIsLostWhereThreadsComeAndGoForOneProof() throws InterruptedException {
    nothingIsLost(_ -> {
      threads.prepare(null, false, StandInTest::isEven);
      threads.handOver();
      Thread.yield();
      threads.close();
    });
    assertThat(own).hasSize(1_000);
  }

  @Test
  void nothingIsLostWhereThreadsComeAndGoWhileSomeStayHandedOver() throws InterruptedException {
    nothingIsLost(proof -> {
      switch (proof % 7) {
        case 0 -> threads.close();
        case 1, 2 -> threads.watch(this, StandInTest::isEven);
        default -> {
          threads.prepare(this, true, proof % 2 == 0 ? StandInTest::isEven : _ -> true);
          threads.handOver();
        }
      }
      Thread.yield();
    });
    threads.close();
    assertThat(threads).hasSize(1_000);
  }

  private void nothingIsLost(IntConsumer proof) throws InterruptedException {
    List<Thread> staying =
        IntStream.range(0, 1_000).mapToObj(_ -> Thread.ofVirtual().unstarted(() -> {})).toList();
    staying.forEach(threads::add);
    AtomicInteger wrong = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(3);
    for (int worker = 0; worker < 2; worker++) {
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < 200_000; i++) {
              Thread thread = Thread.ofVirtual().unstarted(() -> {});
              if (!threads.add(thread) || !threads.contains(thread) || threads.isEmpty()) {
                wrong.incrementAndGet();
              }
              if (!threads.remove(thread) || threads.contains(thread)) {
                wrong.incrementAndGet();
              }
            }
            done.countDown();
          });
    }
    Thread.ofPlatform()
        .start(() -> {
          while (done.getCount() > 1) {
            if (!Set.copyOf(threads).containsAll(staying)) {
              wrong.incrementAndGet();
            }
          }
          done.countDown();
        });
    int proofs = 0;
    while (done.getCount() > 1) {
      proof.accept(proofs++);
    }
    done.await();

    assertThat(proofs).isPositive();
    assertThat(wrong).hasValue(0);
    assertThat(threads).containsExactlyInAnyOrderElementsOf(staying);
  }
}
