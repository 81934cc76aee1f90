package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.context.Cancellation.Reason;
import dev.groundhog.mark.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ContextTest {
  private static final Context.Key<String> USER = Context.Key.named("user");
  private static final Duration LONG = Duration.ofDays(1);

  @Test
  void theRootIsNeverCancelledAndHasNothing() {
    Context root = Context.background();
    assertThat(root.isCancelled()).isFalse();
    assertThat(root.deadline()).isEmpty();
    assertThat(root.value(USER)).isEmpty();
    assertThat(Context.current()).isSameAs(root);
    root.throwIfCancelled();
  }

  @Test
  void cancellingReachesAllBelowAndNothingElse() {
    CancellableContext root = Context.background().withCancel();
    CancellableContext left = root.withValue(USER, "ada").withCancel();
    CancellableContext leaf = left.withCancel();
    CancellableContext right = root.withCancel();
    left.cancel();
    assertThat(List.of(left.isCancelled(), leaf.isCancelled())).containsOnly(true);
    assertThat(List.of(root.isCancelled(), right.isCancelled())).containsOnly(false);
    root.cancel();
    assertThat(right.isCancelled()).isTrue();
    assertThat(root.withCancel().isCancelled()).as("a child of a cancelled one").isTrue();
  }

  @Test
  void theFirstCancellationCounts() {
    CancellableContext parent = Context.background().withCancel();
    Context child = parent.withCancel();
    Exception why = new IllegalStateException("no more");
    parent.cancel(why);
    parent.cancel(new IllegalStateException("later"));
    parent.close();
    assertThat(child.cancellation().orElseThrow().reason()).isEqualTo(Reason.CANCELLED);
    assertThat(child.cancellation().orElseThrow().cause()).containsSame(why);
    assertThatExceptionOfType(ContextException.class)
        .isThrownBy(child::throwIfCancelled)
        .withCause(why)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ContextException.Code.CANCELLED));
  }

  @Test
  void withoutCancelKeepsTheValuesOnly() {
    CancellableContext parent = Context.background().withValue(USER, "ada").withTimeout(LONG);
    Context apart = parent.withoutCancel();
    parent.cancel();
    assertThat(apart.isCancelled()).isFalse();
    assertThat(apart.deadline()).isEmpty();
    assertThat(apart.value(USER)).contains("ada");
    assertThat(apart.withCancel().isCancelled()).isFalse();
  }

  @Test
  void theNearestValueOfAKeyCounts() {
    Context outer = Context.background().withValue(USER, "ada");
    Context inner =
        outer.withCancel().withValue(USER, "bob").withValue(Context.Key.named("user"), 1);
    assertThat(inner.value(USER)).contains("bob");
    assertThat(outer.value(USER)).contains("ada");
    Context deep = outer;
    for (int i = 0; i < 100_000; i++) {
      deep = deep.withValue(Context.Key.named("n"), i);
    }
    assertThat(deep.value(USER)).as("behind a long chain").contains("ada");
  }

  @Test
  void aDeepTreeIsCancelledWithoutRecursion() {
    CancellableContext root = Context.background().withCancel();
    CancellableContext deep = root;
    for (int i = 0; i < 100_000; i++) {
      deep = deep.withCancel();
    }
    root.cancel();
    assertThat(deep.isCancelled()).isTrue();
  }

  @Test
  void aMillionShortLivedChildrenLeaveNothing() {
    CancellableContext parent = Context.background().withCancel();
    CancellableContext staying = parent.withCancel();
    for (int i = 0; i < 1_000_000; i++) {
      try (CancellableContext child = parent.withTimeout(LONG)) {
        assertThat(child.isCancelled()).isFalse();
      }
    }
    assertThat(Deadlines.pending()).isZero();
    Links first = parent.cancelled(Cancellation.CANCELLED);
    assertThat(first).isSameAs(staying);
    assertThat(staying.next).isNull();
  }

  @Test
  void aTimeoutIsADeadlineAndSaysSo() throws Exception {
    try (CancellableContext context = Context.background().withTimeout(Duration.ofMillis(20))) {
      Context child = context.withCancel();
      Cancellation cancellation = child.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(cancellation.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
      assertThat(child.deadline().orElseThrow()).isBefore(Instant.now());
      assertThatExceptionOfType(ContextException.class)
          .isThrownBy(child::throwIfCancelled)
          .satisfies(e -> assertThat(e.code()).isEqualTo(ContextException.Code.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void deadlinesOfAllSizes() {
    Context root = Context.background();
    Instant soon = Instant.now().plus(LONG);
    try (CancellableContext near = root.withDeadline(soon);
        CancellableContext later = near.withDeadline(soon.plus(LONG));
        CancellableContext sooner = near.withDeadline(soon.minusSeconds(9));
        CancellableContext past = near.withTimeout(Duration.ofSeconds(-1));
        CancellableContext longPast = near.withDeadline(Instant.MIN);
        CancellableContext never = root.withTimeout(Duration.ofSeconds(Long.MAX_VALUE));
        CancellableContext last = root.withDeadline(Instant.MAX)) {
      assertThat(later.deadline()).contains(soon);
      assertThat(sooner.deadline()).contains(soon.minusSeconds(9));
      assertThat(past.cancellation().orElseThrow().reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
      assertThat(longPast.isCancelled()).isTrue();
      assertThat(near.isCancelled()).isFalse();
      assertThat(never.isCancelled()).isFalse();
      assertThat(last.isCancelled()).isFalse();
    }
    assertThat(Deadlines.pending()).isZero();
  }

  @Test
  void actionsRunOnceAndCanBeTakenBack() throws Exception {
    CancellableContext context = Context.background().withCancel();
    AtomicInteger runs = new AtomicInteger();
    Registration taken = context.onCancel(runs::incrementAndGet);
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    Registration kept =
        context.onCancel(() -> {
          runs.incrementAndGet();
          ran.complete(Thread.currentThread());
        });
    assertThat(taken.stop()).isTrue();
    context.cancel();
    assertThat(ran.get(10, TimeUnit.SECONDS).isVirtual()).isTrue();
    context.cancel();
    CompletableFuture<Thread> late = new CompletableFuture<>();
    context.withValue(USER, "ada").onCancel(() -> late.complete(Thread.currentThread()));
    assertThat(late.get(10, TimeUnit.SECONDS)).as("after the cancellation").isNotNull();
    assertThat(kept.stop()).as("too late").isFalse();
    assertThat(runs).hasValue(1);
  }

  @Test
  void whatIsClosedOnCancelIsClosedWhateverItThrows() throws Exception {
    CompletableFuture<String> closed = new CompletableFuture<>();
    try (CancellableContext context = Context.background().withCancel()) {
      context.closeOnCancel(() -> {
        closed.complete("closed");
        throw new IllegalStateException("dropped");
      });
    }
    assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @Test
  void threadsOfTheFactoryRunUnderTheContextWithTheLabelsOfItsMaker() throws Exception {
    try (CancellableContext context = Context.background().withCancel()) {
      List<Object> seen = new ArrayList<>();
      Labels.of("route", "/jobs")
          .run(() -> {
            try (ExecutorService pool =
                Executors.newFixedThreadPool(
                    1, context.threadFactory(Executors.defaultThreadFactory()))) {
              pool.execute(() -> {
                seen.add(Context.current());
                seen.add(Labels.current().map().get("route"));
              });
            }
          });
      assertThat(seen).containsExactly(context, "/jobs");
    }
  }

  @Test
  void tasksOfTheExecutorAreInterruptedWithTheContextAndItsWorkersAreNot() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1);
        CancellableContext context = Context.background().withCancel()) {
      CompletableFuture<String> route = new CompletableFuture<>();
      CompletableFuture<String> ended = new CompletableFuture<>();
      Labels.of("route", "/logs")
          .run(() ->
              context
                  .executor(pool)
                  .execute(() -> {
                    route.complete(Labels.current().map().get("route"));
                    try {
                      Thread.sleep(LONG);
                    } catch (InterruptedException e) {
                      ended.complete("interrupted");
                    }
                  }));
      assertThat(route.get(10, TimeUnit.SECONDS)).isEqualTo("/logs");
      context.cancel();
      assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
      assertThat(pool.submit(() -> Thread.interrupted() || !Labels.current().map().isEmpty()).get())
          .as("the worker's next task is interrupted or labelled")
          .isFalse();
    }
  }

  @Test
  void theExecutorOfAContextIsShutDownForItsOwnTasksOnly() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1);
        CancellableContext context = Context.background().withCancel()) {
      ExecutorService own = context.executor(pool);
      CompletableFuture<Void> began = new CompletableFuture<>();
      Future<String> running =
          own.submit(() -> {
            began.complete(null);
            try {
              Thread.sleep(LONG);
              return "slept";
            } catch (InterruptedException e) {
              return "interrupted";
            }
          });
      own.execute(() -> {});
      began.get(10, TimeUnit.SECONDS);
      assertThat(own.shutdownNow()).hasSize(1);
      assertThat(running.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
      assertThat(own.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> own.execute(() -> {}));
      try (ExecutorService another = context.executor(pool)) {
        another.execute(() -> {});
      }
      assertThat(pool.isShutdown()).isFalse();
      assertThat(context.isCancelled()).isFalse();
    }
  }

  @Test
  void theExecutorOfAContextEndsAlsoWhereTheOthersDropItsTasks() throws Exception {
    CompletableFuture<Void> busy = new CompletableFuture<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      pool.execute(busy::join);
      ExecutorService own = Context.background().executor(pool);
      own.execute(() -> {});
      assertThat(pool.shutdownNow()).hasSize(1);
      own.shutdown();
      assertThat(own.isTerminated()).isFalse();
      busy.complete(null);
      assertThat(own.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aProcessIsEndedWithAllThatItStartedAlsoThoseThatIgnoreTheRequest() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "(trap '' TERM; sleep 1000 & echo; wait; wait) & sleep 1000")
            .start();
    assertThat(process.getInputStream().read()).isEqualTo('\n');
    List<ProcessHandle> tree = process.descendants().toList();
    assertThat(tree).hasSizeGreaterThanOrEqualTo(2);
    try (CancellableContext context = Context.background().withCancel()) {
      context.destroyOnCancel(process, Duration.ofMillis(100));
    }
    for (ProcessHandle member : tree) {
      member.onExit().get(10, TimeUnit.SECONDS);
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anActionHasTheLabelsOfWhoRegisteredItAndNothingOfWhoCancels() throws Exception {
    InheritableThreadLocal<String> fromCanceller = new InheritableThreadLocal<>();
    CancellableContext context = Context.background().withCancel();
    CompletableFuture<Object> seen = new CompletableFuture<>();
    Labels.of("job", "a")
        .run(() ->
            context.onCancel(
                () -> seen.complete(Labels.current().map() + " " + fromCanceller.get())));
    fromCanceller.set("mine");
    Labels.of("route", "/b").run(context::cancel);
    fromCanceller.remove();
    assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("{job=a} null");
  }

  @Test
  void allAreToldWhateverOneOfThemThrows() {
    CancellableContext context = Context.background().withCancel();
    CancellableContext first = context.withCancel();
    context.register(
        new Links() {
          @Override
          Links cancelled(Cancellation cancellation) {
            throw new IllegalStateException("no thread");
          }
        });
    CancellableContext last = context.withCancel();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(context::cancel);
    assertThat(List.of(first.isCancelled(), last.isCancelled())).containsOnly(true);
  }

  @Test
  void whoAsksForItsEndAgainAndAgainGetsTheSameStage() {
    CancellableContext context = Context.background().withCancel();
    assertThat((Object) context.done()).isSameAs(context.withValue(USER, "ada").done());
  }

  @Test
  void aMethodThatIsNoneOfHttpsIsNoLabelOfItsOwn() {
    try (ClientRequest own =
            Disconnects.cancelling().begin(new Peer.ToldByServer(), "PATCH", "/a");
        ClientRequest made = Disconnects.cancelling().begin(new Peer.ToldByServer(), "X-7", "/a")) {
      assertThat(own.labels().map()).containsEntry("method", "PATCH");
      assertThat(made.labels().map()).containsEntry("method", "_OTHER");
    }
  }

  @Test
  void doneNeverCompletesWhereNothingIsCancelled() {
    CompletableFuture<Cancellation> done = Context.background().done().toCompletableFuture();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> done.get(1, TimeUnit.MILLISECONDS));
  }

  @Test
  void doneCannotBeCompletedByOthers() throws InterruptedException, ExecutionException {
    CancellableContext context = Context.background().withCancel();
    context.done().toCompletableFuture().complete(Cancellation.DEADLINE_EXCEEDED);
    context.cancel();
    assertThat(context.done().toCompletableFuture().get().reason()).isEqualTo(Reason.CANCELLED);
  }
}
