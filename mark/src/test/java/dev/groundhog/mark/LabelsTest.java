package dev.groundhog.mark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LabelsTest {
  private static final Labels ROUTE = Labels.of("route", "/users/{id}");

  @AfterEach
  void nothingIsLeftOnTheThread() {
    assertThat(Labels.current().map()).isEmpty();
  }

  @Test
  void aTaskHasItsLabelsWhileItRuns() throws IOException {
    ROUTE.run(() -> assertThat(seen()).isEqualTo(Map.of("route", "/users/{id}")));
    assertThat(seen()).isEmpty();
    String given = ROUTE.<String, IOException>call(() -> seen().toString());
    assertThat(given).isEqualTo("{route=/users/{id}}");
  }

  @Test
  void whatATaskThrowsIsThrownAndItsLabelsAreGone() {
    IOException thrown = new IOException("no");
    assertThatThrownBy(() ->
            ROUTE.call(() -> {
              throw thrown;
            }))
        .isSameAs(thrown);
    assertThat(seen()).isEmpty();
  }

  @Test
  void labelsWithinLabelsAreAddedAndThoseOfANameAreReplacedForAsLong() {
    Labels outer = ROUTE.with("method", "GET");
    outer.run(() -> {
      Labels.of("method", "POST")
          .with("job", "mail")
          .run(() ->
              assertThat(seen())
                  .isEqualTo(Map.of("route", "/users/{id}", "method", "POST", "job", "mail")));
      assertThat(seen()).isEqualTo(Map.of("route", "/users/{id}", "method", "GET"));
    });
    assertThat(outer.map()).isEqualTo(Map.of("route", "/users/{id}", "method", "GET"));
  }

  @Test
  void labelsAreToldInTheOrderOfTheirNamesAndCannotBeChangedFromOutside() {
    Labels labels = Labels.of("b", "2").with("c", "3").with("a", "1");
    assertThat(labels.map().keySet()).containsExactly("a", "b", "c");
    assertThat(labels).hasToString("{a=1, b=2, c=3}");
    assertThatThrownBy(() -> labels.map().put("d", "4"))
        .isInstanceOf(UnsupportedOperationException.class);
    labels.run(() ->
        assertThatThrownBy(() -> Labels.current().map().clear())
            .isInstanceOf(UnsupportedOperationException.class));
  }

  @Test
  void aLabelNeedsAName() {
    assertThatThrownBy(() -> Labels.of("", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a label needs a name");
    assertThat(Labels.of("name", "").map()).isEqualTo(Map.of("name", ""));
  }

  @Test
  void whatIsTooLongIsCut() {
    String most = "x".repeat(Labels.MAX_LENGTH);
    assertThat(Labels.of(most + "y", most + "z").map()).isEqualTo(Map.of(most, most));
    assertThat(Labels.of(most, most).map()).isEqualTo(Map.of(most, most));
  }

  @Test
  void aCutLeavesNoHalfOfACharacter() {
    String odd = "x" + "😀".repeat(Labels.MAX_LENGTH / 2);
    assertThat(Labels.of("k", odd).map().get("k")).hasSize(Labels.MAX_LENGTH - 1).endsWith("😀");
  }

  @Test
  void ofTooManyLabelsTheFirstByNameAreKept() {
    Labels labels = Labels.of("z", "");
    for (int i = 0; i < 100; i++) {
      labels = labels.with("n%02d".formatted(99 - i), "");
    }
    assertThat(labels.map().keySet()).containsExactlyElementsOf(names(0, Labels.MAX_LABELS));
    labels.run(() -> {
      Labels below = Labels.current();
      Labels.of("a", "")
          .run(() ->
              assertThat(seen().keySet())
                  .hasSize(Labels.MAX_LABELS)
                  .contains("a", "n00")
                  .doesNotContain("n31"));
      assertThat(Labels.current()).isSameAs(below);
    });
  }

  @Test
  void everyThreadThatIsStartedUnderLabelsHasThem() throws Exception {
    for (ThreadFactory threads :
        new ThreadFactory[] {
          Thread::new, Thread.ofPlatform().factory(), Thread.ofVirtual().factory()
        }) {
      assertThat(ROUTE.call(() -> in(threads, LabelsTest::seen)))
          .isEqualTo(Map.of("route", "/users/{id}"));
      assertThat(ROUTE.call(() -> in(threads, () -> in(threads, LabelsTest::seen))))
          .as("a child of a child")
          .isEqualTo(Map.of("route", "/users/{id}"));
    }
  }

  @Test
  void aThreadKeepsThemWhenTheTaskThatStartedItHasEnded() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Map<String, String>> labels = new CompletableFuture<>();
    Thread child =
        ROUTE.call(() ->
            Thread.ofVirtual()
                .start(() -> {
                  ended.join();
                  labels.complete(seen());
                }));
    ended.complete(null);
    child.join();
    assertThat(labels.join()).isEqualTo(Map.of("route", "/users/{id}"));
  }

  @Test
  void aThreadThatIsToInheritNothingHasNone() throws Exception {
    ThreadFactory threads = Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();
    assertThat(ROUTE.call(() -> in(threads, LabelsTest::seen))).isEmpty();
  }

  @Test
  void aThreadOfItsOwnForEachTaskHasThoseOfWhoSubmitsIt() throws Exception {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(ROUTE.call(() -> each.submit(LabelsTest::seen).get()))
          .isEqualTo(Map.of("route", "/users/{id}"));
      assertThat(each.submit(LabelsTest::seen).get()).isEmpty();
    }
  }

  static Stream<Supplier<ExecutorService>> pools() {
    return Stream.of(
        () -> Executors.newFixedThreadPool(1),
        Executors::newCachedThreadPool,
        () -> new ScheduledThreadPoolExecutor(1),
        () -> new ForkJoinPool(1),
        Executors::newSingleThreadExecutor);
  }

  @ParameterizedTest
  @MethodSource("pools")
  void aPoolsWorkerWorksForOthersTooAndHasNone(Supplier<ExecutorService> pools) throws Exception {
    try (ExecutorService pool = pools.get()) {
      assertThat(ROUTE.call(() -> pool.submit(LabelsTest::seen).get())).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("pools")
  void whatIsStartedByLabelledWorkOnAPoolsWorkerHasThem(Supplier<ExecutorService> pools)
      throws Exception {
    try (ExecutorService pool = pools.get()) {
      for (ThreadFactory threads :
          new ThreadFactory[] {Thread::new, Thread.ofVirtual().factory()}) {
        assertThat(pool.submit(() -> ROUTE.call(() -> in(threads, LabelsTest::seen))).get())
            .isEqualTo(Map.of("route", "/users/{id}"));
      }
    }
  }

  @Test
  void aPoolThatIsMadeWithinLabelledWorkOnAPoolsWorkerHasNoneEither() throws Exception {
    try (ExecutorService outer = Executors.newFixedThreadPool(1);
        ExecutorService inner = Executors.newFixedThreadPool(1)) {
      assertThat(outer.submit(() -> ROUTE.call(() -> inner.submit(LabelsTest::seen).get())).get())
          .isEmpty();
    }
  }

  @Test
  void theThreadsOfAFactoryHaveItsLabelsEvenInAPool() throws Exception {
    ThreadFactory labelled = ROUTE.factory(Thread.ofPlatform().name("mine").factory());
    try (ExecutorService pool = Executors.newFixedThreadPool(1, labelled)) {
      assertThat(pool.submit(() -> Thread.currentThread().getName() + seen()).get())
          .isEqualTo("mine{route=/users/{id}}");
      assertThat(Labels.of("job", "mail").call(() -> pool.submit(LabelsTest::seen).get()))
          .isEqualTo(Map.of("route", "/users/{id}"));
    }
  }

  @Test
  void aWorkerOfALabelledPoolHasNothingOfTheWorkThatStartedIt() throws Exception {
    ThreadFactory labelled = ROUTE.factory(Thread::new);
    try (ExecutorService pool = Executors.newFixedThreadPool(1, labelled)) {
      assertThat(Labels.of("job", "mail").call(() -> pool.submit(LabelsTest::seen).get()))
          .isEqualTo(Map.of("route", "/users/{id}"));
    }
  }

  @Test
  void aPoolsWorkerHasNoneHoweverItsFactoryIsWrapped() throws Exception {
    ThreadFactory wrapped = Thread::new;
    for (int i = 0; i < 50; i++) {
      ThreadFactory inner = wrapped;
      wrapped = task -> inner.newThread(task);
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(1, wrapped)) {
      assertThat(ROUTE.call(() -> pool.submit(LabelsTest::seen).get())).isEmpty();
    }
  }

  @Test
  void whatATaskOfALabelledPoolStartsHasItsLabels() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1, ROUTE.factory(Thread::new))) {
      assertThat(pool.submit(() -> in(Thread::new, LabelsTest::seen)).get())
          .isEqualTo(Map.of("route", "/users/{id}"));
    }
  }

  @Test
  void withoutAClientNobodyIsGone() {
    ROUTE.clientGone();
    Labels.current().clientGone();
    assertThat(ROUTE.map()).isEqualTo(Map.of("route", "/users/{id}"));
  }

  private static Map<String, String> seen() {
    return Labels.current().map();
  }

  private static <T> T in(ThreadFactory threads, Supplier<T> task) {
    CompletableFuture<T> given = new CompletableFuture<>();
    threads.newThread(() -> given.complete(task.get())).start();
    return given.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static List<String> names(int first, int behind) {
    return IntStream.range(first, behind).mapToObj("n%02d"::formatted).toList();
  }
}
