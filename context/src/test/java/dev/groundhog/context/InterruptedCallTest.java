package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptedCallTest {
  private final CancellableContext context = Context.background().withCancel();

  @AfterEach
  void nothingIsPendingOnTheNextTestsThread() {
    Thread.interrupted();
  }

  @Test
  void givesWhatTheBodyGivesAndThrowsWhatItThrows() throws IOException {
    assertThat(context.<Integer, IOException>call(() -> 7)).isEqualTo(7);
    assertThat(context.<Context, IOException>call(Context::current)).isSameAs(context);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            context.call(() -> {
              throw new IOException("as it is");
            }))
        .withMessage("as it is");
  }

  @Test
  void cancellingInterruptsTheCallAndNothingAfterIt() {
    String ended =
        context.call(() -> {
          Thread.ofVirtual().start(context::cancel);
          try {
            Thread.sleep(Duration.ofDays(1));
            return "slept";
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as a well-bred body does
            return "interrupted";
          }
        });
    assertThat(ended).isEqualTo("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void beginsInterruptedIfItIsTooLate() {
    context.cancel();
    assertThat(context.<Boolean, RuntimeException>call(Thread.currentThread()::isInterrupted))
        .isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptFromElsewhereIsLeft() {
    Thread.currentThread().interrupt();
    context.run(() -> assertThat(Thread.currentThread().isInterrupted()).isTrue());
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void anInnerCallsInterruptEndsWithIt() {
    try (CancellableContext inner = context.withCancel()) {
      boolean after =
          context.call(() -> {
            inner.run(inner::cancel);
            return Thread.currentThread().isInterrupted();
          });
      assertThat(after).isFalse();
    }
  }

  @Test
  void anOuterCallsInterruptSurvivesTheEndOfAnInnerOne() {
    try (CancellableContext inner = context.withCancel()) {
      boolean after =
          context.call(() -> {
            inner.run(context::cancel);
            return Thread.currentThread().isInterrupted();
          });
      assertThat(after).isTrue();
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void theEndOfARequestInterruptsNobodyWhoIsAtItAndThoseWhoBeginLater() {
    ClientRequest request =
        Disconnects.cancelling().begin(new Peer.ToldByServer(), "GET", "/answered");
    request.call(() -> {
      request.close();
      assertThat(request.context().isCancelled()).isTrue();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      return request;
    });
    request
        .context()
        .run(() ->
            assertThat(Thread.currentThread().isInterrupted()).as("what begins later").isTrue());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void cleaningUpUnderAnotherContextIsNotInterrupted() {
    context.run(() -> {
      context.cancel();
      Context apart = context.withoutCancel();
      assertThat(apart.<Boolean, RuntimeException>call(InterruptedCallTest::isInterrupted))
          .isFalse();
      try (CancellableContext limited = apart.withTimeout(Duration.ofDays(1))) {
        assertThat(limited.<Boolean, RuntimeException>call(InterruptedCallTest::isInterrupted))
            .isFalse();
        limited.run(() -> {
          limited.cancel();
          assertThat(isInterrupted()).as("by its own").isTrue();
        });
      }
      assertThat(isInterrupted()).as("afterwards").isTrue();
    });
    assertThat(isInterrupted()).isFalse();
  }

  @Test
  void aCancellationDuringTheCleaningUpIsPutOff() {
    context.run(() -> {
      Context.background()
          .run(() -> {
            context.cancel();
            assertThat(isInterrupted()).isFalse();
          });
      assertThat(isInterrupted()).isTrue();
    });
    assertThat(isInterrupted()).isFalse();
  }

  @Test
  void anInterruptThatWasPendingBeforeIsGivenBack() {
    context.cancel();
    Thread.currentThread().interrupt();
    context.run(() -> assertThat(isInterrupted()).isTrue());
    assertThat(isInterrupted()).isTrue();
  }

  @Test
  void oneFromElsewhereThatItsBodyHasTakenIsNotGivenBackByACancellation() {
    Thread.currentThread().interrupt();
    context.run(() -> {
      assertThat(Thread.interrupted()).isTrue();
      context.cancel();
    });
    assertThat(isInterrupted()).isFalse();
  }

  @Test
  void cleaningUpGoesOnWhenOneOfItsStepsIsInterrupted() {
    context.run(() -> {
      context.cancel();
      Context apart = context.withoutCancel();
      apart.run(() -> {
        try (CancellableContext step = apart.withCancel()) {
          step.run(step::cancel);
        }
        assertThat(isInterrupted()).as("within the cleaning up").isFalse();
      });
      assertThat(isInterrupted()).as("afterwards").isTrue();
    });
    assertThat(isInterrupted()).isFalse();
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  @Test
  void labellingInterruptsNobodyAndStillCleansUp() throws InterruptedException {
    ClientRequest request =
        Disconnects.labelling().begin(new Peer.ToldByServer(), "GET", "/labelled");
    CountDownLatch cleaned = new CountDownLatch(1);
    request.call(() -> {
      Context.current().onCancel(cleaned::countDown);
      request.clientGone();
      assertThat(request.context().isCancelled()).isFalse();
      request.close();
      return request;
    });
    assertThat(cleaned.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    request
        .context()
        .run(() ->
            assertThat(Thread.currentThread().isInterrupted()).as("what begins later").isFalse());
    assertThat(request.labels().clientGoneSince()).isPresent();
  }

  @Test
  void aClientThatLeavesAfterTheAnswerIsNoNews() {
    ClientRequest request =
        Disconnects.labelling().begin(new Peer.ToldByServer(), "GET", "/answered");
    request.close();
    request.clientGone();
    assertThat(request.labels().clientGoneSince()).isEmpty();
  }

  @Test
  void anotherThreadsBodyIsNoPartOfTheCall() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    context.run(() ->
        Thread.ofVirtual()
            .start(() -> {
              Context.background().run(() -> assertThat(InterruptedCall.onThisThread()).isNull());
              over.countDown();
            }));
    over.await();
  }
}
