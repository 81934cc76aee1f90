package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.mark.LeakProne;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a program marks, by the loaders of its classes.
class LeakProneRouteTest {
  private static final String ACME =
      """
      package acme;

      public class Server {
        @dev.groundhog.mark.LeakProne("waits for \\"more\\"")
        public static void logs() {}

        @dev.groundhog.mark.LeakProne
        static void exec() {}
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void compile() throws Exception {
    Path source = Files.writeString(folder.resolve("Server.java"), ACME);
    Path ours =
        Path.of(LeakProne.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(
            ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                    System.out,
                    System.err,
                    "-proc:full",
                    "-cp",
                    ours.toString(),
                    "-d",
                    folder.toString(),
                    source.toString()))
        .isZero();
  }

  @Test
  void theFunctionsOfLoadedClassesAreGivenWithTheirReasons() throws Exception {
    try (URLClassLoader loader = loader()) {
      Class<?> server = loader.loadClass("acme.Server");
      assertThat(
              answer(
                  ThisJvm.open(
                      () -> new Class<?>[] {String.class, server, int[].class},
                      BirthSource.NONE,
                      Prover.NONE)))
          .isEqualTo(
              """
              {"schema":"groundhog.leak-prone/1","functions":[
              {"function":"acme.Server.exec","reason":null},
              {"function":"acme.Server.logs","reason":"waits for \\"more\\""}],"warnings":[]}
              """);
    }
  }

  @Test
  void whereLoadedClassesAreNotKnownTheContextLoaderIsAsked() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = loader()) {
      thread.setContextClassLoader(loader);
      assertThat(answer(ThisJvm.open())).contains("acme.Server.logs");
      thread.setContextClassLoader(null);
      assertThat(answer(ThisJvm.open())).doesNotContain("acme.Server.logs");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aClassLoaderThatHangsIsNotWaitedForAndCostsOneThread() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    LeakProneRoute route = new LeakProneRoute(ThisJvm.open(), Duration.ofMillis(100));
    thread.setContextClassLoader(new Hanging(go));
    try {
      assertThat(body(route.answer())).contains("hangs", "look where groundhog-leak-prone waits");
      assertThat(body(route.answer())).contains("hangs");
      assertThat(readers()).hasSize(1);
      thread.interrupt();
      assertThat(body(route.answer())).contains("ask again");
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      thread.setContextClassLoader(before);
      go.countDown();
    }
    for (Thread reader : readers()) {
      assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(new LeakProneRoute(ThisJvm.open()).answer().status()).isEqualTo(200);
  }

  @Test
  void whoeverAsksMeanwhileWaitsForTheSameReading() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    LeakProneRoute route = new LeakProneRoute(ThisJvm.open(), Duration.ofSeconds(30));
    Hanging hanging = new Hanging(go);
    thread.setContextClassLoader(hanging);
    try {
      List<FutureTask<Integer>> askers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FutureTask<Integer> asker = new FutureTask<>(() -> route.answer().status());
        askers.add(asker);
        Thread.ofPlatform().name("asker").start(asker);
      }
      for (int turn = 0; turn < 1_000 && waiting("asker") < 4; turn++) {
        Thread.sleep(10);
      }
      assertThat(waiting("asker")).isEqualTo(4);
      go.countDown();
      for (FutureTask<Integer> asker : askers) {
        assertThat(asker.get()).isEqualTo(200);
      }
      assertThat(hanging.asked).hasValue(1);
    } finally {
      thread.setContextClassLoader(before);
      go.countDown();
    }
  }

  private static long waiting(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread ->
            thread.getName().equals(name) && thread.getState() == Thread.State.TIMED_WAITING)
        .count();
  }

  @Test
  void aClassLoaderThatIsBusyIsNotCalledHanging() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    LeakProneRoute route = new LeakProneRoute(ThisJvm.open(), Duration.ofMillis(100));
    AtomicBoolean isEnough = new AtomicBoolean();
    thread.setContextClassLoader(
        new ClassLoader(null) {
          @Override
          public Enumeration<URL> getResources(String name) {
            while (!isEnough.get()) {
              Thread.onSpinWait();
            }
            return Collections.emptyEnumeration();
          }
        });
    try {
      assertThat(body(route.answer())).contains("still busy", "ask again");
    } finally {
      thread.setContextClassLoader(before);
      isEnough.set(true);
    }
    for (Thread reader : readers()) {
      assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private static String body(Answer answer) throws IOException {
    assertThat(answer.status()).isEqualTo(503);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    return body.toString(StandardCharsets.UTF_8);
  }

  private static List<Thread> readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("groundhog-leak-prone"))
        .toList();
  }

  private static final class Hanging extends ClassLoader {
    private final CountDownLatch go;
    private final AtomicInteger asked = new AtomicInteger();

    Hanging(CountDownLatch go) {
      this.go = go;
    }

    @Override
    public Enumeration<URL> getResources(String name) {
      asked.incrementAndGet();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return Collections.emptyEnumeration();
    }
  }

  private URLClassLoader loader() throws IOException {
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, null);
  }

  private static String answer(ThisJvm jvm) throws IOException {
    Answer answer =
        new DebugEndpoint(jvm, List.of())
            .answer(new Request("GET", "/debug/groundhog/leak-prone", ""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("Content-Type", "application/json");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    return body.toString(StandardCharsets.UTF_8);
  }
}
