package dev.groundhog.endpoint.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Marks;
import dev.groundhog.mark.Labels;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Labels as they are seen in the threads that have them.
class LiveMarksTest {
  private static final Labels ROUTE = Labels.of("route", "/users/{id}");

  private final Marks marks = LiveMarks.find();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLabelsOfAnotherThreadAreSeenWhileItHasThem(boolean isVirtual) throws Exception {
    ThreadFactory threads =
        isVirtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
    try (Stopped bare = Stopped.start(threads, task -> task.run());
        Stopped labelled = Stopped.start(threads, ROUTE::run)) {
      assertThat(marks.of(bare.thread)).isEqualTo(Marks.Marked.NOT);
      assertThat(marks.of(labelled.thread).labels()).isEqualTo(Map.of("route", "/users/{id}"));
      assertThat(marks.of(labelled.thread).clientGone()).isEmpty();
    }
  }

  @Test
  void afterwardsNothingIsSeen() {
    Thread me = Thread.currentThread();
    ROUTE.run(() -> {
      Labels.of("job", "mail")
          .run(() ->
              assertThat(marks.of(me).labels())
                  .isEqualTo(Map.of("route", "/users/{id}", "job", "mail")));
      assertThat(marks.of(me).labels()).isEqualTo(ROUTE.map());
    });
    assertThat(marks.of(me)).isEqualTo(Marks.Marked.NOT);
  }

  @Test
  void aChildHasThemAndAThreadThatHasEndedHasNone() throws Exception {
    Stopped child = ROUTE.call(() -> Stopped.start(Thread.ofVirtual().factory(), Runnable::run));
    try (child) {
      assertThat(marks.of(child.thread).labels()).isEqualTo(ROUTE.map());
    }
    child.thread.join();
    Thread unstarted = Thread.ofVirtual().unstarted(() -> {});
    assertThat(marks.of(unstarted)).isEqualTo(Marks.Marked.NOT);
  }

  @Test
  void aClientThatHasLeftIsSeenInEveryThreadThatWorksForIt() throws Exception {
    Labels client = ROUTE.forClient();
    Labels other = ROUTE.forClient();
    try (Stopped own = Stopped.start(Thread.ofVirtual().factory(), client::run);
        Stopped made = Stopped.start(Thread.ofVirtual().factory(), client.with("part", "2")::run);
        Stopped within =
            Stopped.start(
                Thread.ofVirtual().factory(),
                task -> client.run(() -> Labels.of("job", "mail").run(task)));
        Stopped others = Stopped.start(Thread.ofVirtual().factory(), other::run)) {
      assertThat(marks.of(own.thread).clientGone()).isEmpty();
      long before = System.nanoTime();
      client.clientGone();
      Thread.sleep(30);
      client.clientGone();
      for (Stopped each : new Stopped[] {own, made, within}) {
        assertThat(marks.of(each.thread).clientGone().orElseThrow())
            .as("since the first time")
            .isBetween(
                Duration.ofMillis(20), Duration.ofNanos(System.nanoTime() - before).plusMillis(20));
      }
      assertThat(marks.of(others.thread).clientGone()).isEmpty();
    }
  }

  @Test
  void labelsOfClassesThatOtherLoadersHaveAreSeenTooAndAllOfThem() throws Exception {
    try (Loaded one = new Loaded();
        Loaded two = new Loaded();
        Stopped stopped =
            Stopped.start(
                Thread.ofVirtual().factory(),
                task -> one.run("server", "a", () -> two.run("app", "b", () -> ROUTE.run(task))))) {
      assertThat(marks.of(stopped.thread).labels())
          .isEqualTo(Map.of("server", "a", "app", "b", "route", "/users/{id}"));
    }
  }

  @Test
  void aClientOfOneLoaderIsSeenBesideLabelsOfAnother() throws Exception {
    Labels client = ROUTE.forClient();
    client.clientGone();
    try (Loaded one = new Loaded();
        Stopped stopped =
            Stopped.start(
                Thread.ofVirtual().factory(),
                task -> client.run(() -> one.run("app", "b", task)))) {
      assertThat(marks.of(stopped.thread).clientGone()).isPresent();
    }
  }

  /// Its table of locals is filled, emptied and put in order while it is read.
  @Test
  void aThreadThatSetsAndClearsLabelsIsReadAllTheWhile() throws Exception {
    List<InheritableThreadLocal<Integer>> locals =
        Stream.generate(InheritableThreadLocal<Integer>::new).limit(40).toList();
    AtomicBoolean ended = new AtomicBoolean();
    Thread busy =
        Thread.ofPlatform()
            .start(() -> {
              while (!ended.get()) {
                ROUTE.run(() -> locals.forEach(local -> local.set(1)));
                locals.forEach(InheritableThreadLocal::remove);
              }
            });
    int with = 0;
    int without = 0;
    try {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while ((with < 1_000 || without < 1_000) && System.nanoTime() < end) {
        Map<String, String> labels = marks.of(busy).labels();
        assertThat(labels).isIn(Map.of(), ROUTE.map());
        with += labels.size();
        without += 1 - labels.size();
      }
    } finally {
      ended.set(true);
      busy.join();
    }
    assertThat(with).isPositive();
    assertThat(without).isPositive();
  }

  /// `Labels` in a loader of its own, as an application in a server may have it.
  private static final class Loaded implements AutoCloseable {
    private final URLClassLoader loader;
    private final Class<?> labels;

    Loaded() throws ClassNotFoundException {
      URL place = Labels.class.getProtectionDomain().getCodeSource().getLocation();
      loader = new URLClassLoader(new URL[] {place}, null); // the platform loader knows modules
      labels = loader.loadClass(Labels.class.getName());
      assertThat(labels).isNotSameAs(Labels.class);
    }

    void run(String name, String value, Runnable task) {
      try {
        Object of = labels.getMethod("of", String.class, String.class).invoke(null, name, value);
        labels.getMethod("run", Runnable.class).invoke(of, task);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      loader.close();
    }
  }

  private interface Around {
    void run(Runnable task);
  }

  /// A thread that waits until it is closed.
  private record Stopped(Thread thread, CountDownLatch end) implements AutoCloseable {
    static Stopped start(ThreadFactory threads, Around around) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Runnable task =
          () -> {
            begun.countDown();
            try {
              end.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          };
      Thread thread = threads.newThread(() -> around.run(task));
      thread.start();
      begun.await();
      return new Stopped(thread, end);
    }

    @Override
    public void close() {
      end.countDown();
    }
  }
}
