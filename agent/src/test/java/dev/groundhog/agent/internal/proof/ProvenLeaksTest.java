package dev.groundhog.agent.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.groundhog.endpoint.Proof;
import dev.groundhog.endpoint.ThisJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is told of threads that wait, as if collections had proven them to be leaked.
final class ProvenLeaksTest {
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<String> lines = new ArrayList<>();
  private final List<Long> asked = new ArrayList<>();
  private final LongPredicate mayBe = asked::add;
  private final ProvenLeaks leaks = new ProvenLeaks(ThisJvm.open(), lines::add);

  @AfterEach
  void end() {
    end.countDown();
  }

  private Thread waiting() throws InterruptedException {
    return waiting(() -> {
      try {
        end.await();
      } catch (InterruptedException _) {
        // it ends
      }
    });
  }

  private static Thread waiting(Runnable body) throws InterruptedException {
    Thread thread = Thread.startVirtualThread(body);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    return thread;
  }

  private static Proof proof(boolean areStranded, Thread... threads) {
    Map<Long, Proof.Leaked> leaked = new HashMap<>();
    Stream.of(threads)
        .forEach(each -> leaked.put(each.threadId(), new Proof.Leaked(each, areStranded)));
    return Proof.ofOrdinary(leaked);
  }

  @Test
  void eachLeakIsLoggedOnce() throws InterruptedException {
    leaks.tell(proof(false, waiting(), waiting()), _ -> false);
    leaks.tell(proof(false, waiting()), _ -> false);
    leaks.tell(proof(true, waiting()), _ -> false);

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .matches(
            "PROVEN: 2 virtual threads, WAITING \\(latch\\), at \\S+ProvenLeaksTest\\.\\S+"
                + " \\(ProvenLeaksTest\\.java:\\d+\\); [\\d,]+ per minute; signature \\w{12}");
    assertThat(lines.get(1)).startsWith("STRANDED: 1 virtual thread, WAITING (latch), at ");
  }

  @Test
  void interruptsThoseThatAreProvenAndNoOther() throws InterruptedException {
    Thread proven = waiting();
    Thread stranded = waiting();

    leaks.tell(proof(false, proven), mayBe);
    leaks.tell(proof(true, stranded), mayBe);

    assertThat(asked).containsExactly(proven.threadId());

    assertThat(proven.join(Duration.ofSeconds(10))).isTrue();
    assertThat(stranded.isInterrupted()).isFalse();
    assertThat(stranded.getState()).isEqualTo(Thread.State.WAITING);
  }

  @Test
  void saysWhoDidNotEndAndInterruptsItOnce() throws InterruptedException {
    Thread deaf =
        waiting(() -> {
          while (end.getCount() > 0) {
            LockSupport.park();
            Thread.interrupted();
          }
        });
    leaks.tell(proof(false, deaf), mayBe);
    TimeUnit.MILLISECONDS.sleep(100);

    leaks.tell(proof(false, deaf), mayBe);
    assertThat(asked).hasSize(1);
    assertThat(lines.getLast()).matches("1 of 1 interrupted threads did not end, at .*");
    int told = lines.size();
    leaks.tell(proof(false, deaf), mayBe);
    assertThat(lines).hasSize(told);
    end.countDown();
    LockSupport.unpark(deaf);
  }

  @Test
  void whoHasGoneOnIsNotTold() throws InterruptedException {
    Thread thread = waiting();
    Proof proof = proof(false, thread);
    end.countDown();
    thread.join();

    leaks.tell(proof, mayBe);
    assertThat(asked).isEmpty();
    assertThat(lines).isEmpty();
  }

  @Test
  void aListenerIsToldOfAll() throws InterruptedException {
    List<RecordedEvent> events = new ArrayList<>();
    CountDownLatch told = new CountDownLatch(2);
    try (RecordingStream stream = new RecordingStream()) {
      stream.enable(LeakEvent.NAME);
      stream.onEvent(
          LeakEvent.NAME,
          event -> {
            events.add(event);
            told.countDown();
          });
      stream.startAsync();
      leaks.tell(proof(false, waiting(), waiting()), _ -> false);
      leaks.tell(proof(false, waiting()), mayBe);
      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(events)
        .extracting(
            event -> event.getString("verdict"),
            event -> event.getLong("newThreads"),
            event -> event.getLong("total"),
            event -> event.getLong("interrupted"))
        .containsExactly(tuple("PROVEN", 2L, 2L, 0L), tuple("PROVEN", 1L, 3L, 1L));
  }
}
