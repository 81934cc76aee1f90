package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What outlasts its request.
class RequestEndTest {
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(300);

  static List<Disconnects> modes() {
    return List.of(Disconnects.cancelling(), Disconnects.labelling());
  }

  private static ClientRequest begin(Disconnects mode) {
    return mode.begin(new Peer.ToldByServer(), "GET", "/");
  }

  /// A call on a thread of its own that says how it ended.
  private static final class Work {
    final CompletableFuture<String> end = new CompletableFuture<>();
    private final CountDownLatch enough = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    static Work under(Context context) throws InterruptedException {
      Work work = new Work();
      Thread.ofVirtual().start(() -> work.end.complete(context.call(work::await)));
      assertThat(work.begun.await(10, TimeUnit.SECONDS)).isTrue();
      return work;
    }

    String await() {
      begun.countDown();
      try {
        enough.await();
        return "done";
      } catch (InterruptedException _) {
        return "interrupted";
      }
    }

    Work finish() {
      enough.countDown();
      return this;
    }

    String end() throws Exception {
      return end.get(10, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aTimeoutThatWasSetUnderItStillEndsItsCall(Disconnects mode) throws Exception {
    ClientRequest request = begin(mode);
    try (CancellableContext limited = request.context().withTimeout(SOON).withCancel()) {
      Work work = Work.under(limited.withCancel());
      request.close();
      assertThat(limited.isCancelled()).isTrue();
      assertThat(work.end()).isEqualTo("interrupted");
    }
    assertThat(Deadlines.pending()).isZero();
  }

  @ParameterizedTest
  @MethodSource("modes")
  void theEndItselfInterruptsNobodyWhoIsAtWork(Disconnects mode) throws Exception {
    ClientRequest request = begin(mode);
    try (CancellableContext limited = request.context().withTimeout(LONG)) {
      Work work = Work.under(limited);
      request.close();
      request.close();
      assertThat(work.finish().end()).isEqualTo("done");
    }
    assertThat(Deadlines.pending()).isZero();
  }

  @ParameterizedTest
  @MethodSource("modes")
  void theExecutorOfItsContextCanStillBeShutDown(Disconnects mode) throws Exception {
    ClientRequest request = begin(mode);
    Work work = new Work();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      ExecutorService own = request.context().executor(pool);
      own.execute(() -> work.end.complete(work.await()));
      assertThat(work.begun.await(10, TimeUnit.SECONDS)).isTrue();
      request.close();
      own.shutdownNow();
      String end = work.end.completeOnTimeout("at work", 10, TimeUnit.SECONDS).join();
      work.finish();
      assertThat(end).isEqualTo("interrupted");
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void whoCancelsWhatTheRequestRanUnderReachesItStill(Disconnects mode) throws Exception {
    CancellableContext server = Context.background().withCancel();
    Work work;
    try (ClientRequest request = server.<ClientRequest, RuntimeException>call(() -> begin(mode));
        CancellableContext child = request.context().withCancel()) {
      work = Work.under(child);
      request.close();
      server.cancel();
      assertThat(work.end()).isEqualTo("interrupted");
    }
  }

  /// Where the end interrupts nobody, work goes on as if there had been none.
  @Test
  void whatBeginsAfterALabelledRequestIsBoundedToo() throws Exception {
    CancellableContext server = Context.background().withCancel();
    ClientRequest request =
        server.<ClientRequest, RuntimeException>call(() -> begin(Disconnects.labelling()));
    CancellableContext before = request.context().withTimeout(SOON);
    CancellableContext inner = request.context().withCancel();
    request.close();
    assertThat(server.isInUse()).as("something hangs on the server").isFalse();
    CancellableContext after = request.context().withTimeout(SOON);
    Work first = Work.under(before);
    Work second = Work.under(after);
    assertThat(first.end()).isEqualTo("interrupted");
    assertThat(second.end()).isEqualTo("interrupted");
    Work third = Work.under(inner);
    server.cancel();
    assertThat(third.end()).isEqualTo("interrupted");
    assertThat(Work.under(inner).end()).as("what begins later").isEqualTo("interrupted");
  }

  @ParameterizedTest
  @MethodSource("modes")
  void nothingIsLeftOnceItsCallsHaveEnded(Disconnects mode) throws Exception {
    CancellableContext server = Context.background().withCancel();
    List<Work> works = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ClientRequest request = server.<ClientRequest, RuntimeException>call(() -> begin(mode));
      CancellableContext limited = request.context().withTimeout(SOON.multipliedBy(20));
      works.add(Work.under(limited.withCancel().withCancel()));
      works.add(Work.under(request.context()));
      request.context().withTimeout(SOON); // and never closed
      request.close();
    }
    for (Work work : works) {
      assertThat(work.finish().end()).isEqualTo("done");
    }
    for (int i = 0; i < 1_000 && Deadlines.pending() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(Deadlines.pending()).isZero();
    assertThat(eventuallyHangingOn(server)).isNull();
  }

  /// The last call may be about to leave.
  private static Links eventuallyHangingOn(CancellableContext context) throws InterruptedException {
    for (int i = 0; i < 1_000 && context.isInUse(); i++) {
      Thread.sleep(10);
    }
    return context.cancelled(Cancellation.CANCELLED);
  }

  @Test
  void aDeepTreeEndsGentlyWithoutRecursion() throws Exception {
    CancellableContext server = Context.background().withCancel();
    ClientRequest request =
        server.<ClientRequest, RuntimeException>call(() -> begin(Disconnects.cancelling()));
    CancellableContext deep = request.context().withCancel();
    for (int i = 0; i < 100_000; i++) {
      deep = deep.withCancel();
    }
    Work work = Work.under(deep);
    request.close();
    assertThat(deep.isCancelled()).isTrue();
    assertThat(server.isInUse()).isTrue();
    assertThat(work.finish().end()).isEqualTo("done");
    assertThat(eventuallyHangingOn(server)).isNull();
  }

  /// Calls begin and end, deadlines pass, and requests end, all at once: each call ends, none is
  /// interrupted after it, and nothing is left.
  @ParameterizedTest
  @MethodSource("modes")
  void whateverComesTogetherEachCallEndsAndNothingIsLeft(Disconnects mode) throws Exception {
    CancellableContext server = Context.background().withCancel();
    AtomicInteger late = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int round = 0; round < 500; round++) {
      ClientRequest request = server.<ClientRequest, RuntimeException>call(() -> begin(mode));
      CancellableContext shared = request.context().withCancel();
      CountDownLatch together = new CountDownLatch(1);
      for (int i = 0; i < 4; i++) {
        CancellableContext limited =
            (i % 2 == 0 ? shared : request.context()).withTimeout(Duration.ofMillis(5));
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  await(together);
                  limited.run(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      LockSupport.park();
                    }
                  });
                  limited.run(() -> LockSupport.parkNanos(1_000));
                  if (Thread.interrupted()) {
                    late.incrementAndGet();
                  }
                  limited.close();
                }));
      }
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                await(together);
                request.close();
                shared.close();
              }));
      together.countDown();
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
    }
    assertThat(late).hasValue(0);
    assertThat(Deadlines.pending()).isZero();
    assertThat(eventuallyHangingOn(server)).isNull();
  }

  private static void await(CountDownLatch latch) {
    boolean isDone = false;
    while (!isDone) {
      try {
        latch.await();
        isDone = true;
      } catch (InterruptedException _) {
        // not meant for this
      }
    }
  }
}
