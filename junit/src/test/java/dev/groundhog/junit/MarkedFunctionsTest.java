package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Each in a JVM of its own, whose class path marks functions.
class MarkedFunctionsTest {
  /// A server whose threads are there before the tests, and so belong to none of them.
  static final class Server implements AutoCloseable {
    private static final int WORKERS = 4;

    private final ExecutorService pool;
    private final LinkedBlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);

    Server(ExecutorService pool) {
      this.pool = pool;
    }

    void open() {
      for (int i = 0; i < WORKERS; i++) {
        pool.execute(this::serve);
      }
    }

    private void serve() {
      try {
        while (end.getCount() > 0) {
          requests.take().run();
        }
      } catch (InterruptedException _) {
        // it is closed
      }
    }

    /// Begins to follow the logs, and comes back once it does.
    void request(Runnable logs) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(1);
      requests.add(() -> {
        begun.countDown();
        logs.run();
      });
      begun.await();
    }

    void logs() {
      await(end, 1_000_000);
    }

    void shortLogs() {
      await(end, 100);
    }

    private static void await(CountDownLatch latch, long millis) {
      try {
        latch.await(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        // it is closed
      }
    }

    @Override
    public void close() {
      end.countDown();
      pool.shutdownNow();
      pool.close();
    }
  }

  @LeakCheck(within = "300ms")
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class OnShared {
    private static final Server SERVER = platform();

    @BeforeAll
    static void open() throws InterruptedException {
      SERVER.open();
      SERVER.request(SERVER::logs);
    }

    @Test
    void a_clean() throws InterruptedException {
      SERVER.request(SERVER::shortLogs);
    }

    @Test
    void b_leaky() throws InterruptedException {
      SERVER.request(SERVER::logs);
    }

    @Test
    void c_clean() {}

    @Test
    void d_failed() throws InterruptedException {
      SERVER.request(SERVER::logs);
      fail("on purpose");
    }

    @AfterAll
    static void close() {
      SERVER.close();
    }
  }

  private static Server platform() {
    return new Server(Executors.newCachedThreadPool());
  }

  private String run(List<String> flags, String index, Class<?>... classes)
      throws IOException, InterruptedException {
    Path file = folder.resolve("META-INF/groundhog/leak-prone");
    Files.createDirectories(file.getParent());
    Files.writeString(file, index);
    String classPath = folder + ":" + System.getProperty("java.class.path");
    return Child.run(Stream.concat(Stream.of("-cp", classPath), flags.stream()).toList(), classes);
  }

  @TempDir private Path folder;

  private static final String SERVER = Server.class.getName();
  private static final String INDEX =
      SERVER + ".logs\tfollows the log until its client leaves\n" + SERVER + ".shortLogs\n";

  @Test
  void aMarkedFunctionThatATestEnteredOnASharedThreadMustBeLeft() throws Exception {
    String output = run(List.of(), INDEX, OnShared.class);
    assertThat(output)
        .contains("b_leaky(): dev.groundhog.junit.LeakError: leak: 1 platform thread of")
        .contains(
            "to fix: let it leave "
                + SERVER
                + ".logs, which is marked @LeakProne: follows the log until its client leaves")
        .containsOnlyOnce("LeakError");
  }

  @LeakCheck(within = "100ms")
  static class OnOwnThread {
    @Test
    void leaky() {
      Thread.startVirtualThread(platform()::logs);
    }
  }

  @Test
  void ofAThreadThatIsTheTestsOwnTheMarkIsToldToo() throws Exception {
    assertThat(run(List.of(), INDEX, OnOwnThread.class))
        .contains(
            "to fix: count the latch down to the end on every path, or wait with a limit; it is in "
                + SERVER
                + ".logs, which is marked @LeakProne: follows the log until its client leaves")
        .containsOnlyOnce("LeakError");
  }

  @Test
  void withoutTheAgentPlatformThreadsAreLookedAt() throws Exception {
    List<String> flags = List.of("-Dgroundhog.leak-check.without-agent=jdk");
    assertThat(run(flags, INDEX, OnShared.class))
        .contains("b_leaky(): dev.groundhog.junit.LeakError: leak: 1 platform thread of")
        .containsOnlyOnce("LeakError");
  }

  @Test
  void whereNothingIsMarkedASharedThreadMayBeAnywhere() throws Exception {
    assertThat(run(List.of(), "# none\n", OnShared.class)).doesNotContain("LeakError");
  }

  @LeakCheck(within = "100ms", ignore = "function=MarkedFunctionsTest.Server.logs")
  static class Ignored {
    private static final Server SERVER = platform();

    @BeforeAll
    static void open() {
      SERVER.open();
    }

    @Test
    void ignored() throws InterruptedException {
      SERVER.request(SERVER::logs);
    }

    @AfterAll
    static void close() {
      SERVER.close();
    }
  }

  @Test
  void itIsIgnoredAsEveryLeakIs() throws Exception {
    assertThat(run(List.of(), INDEX, Ignored.class))
        .contains(RunMain.WITH_AGENT)
        .doesNotContain("matched no thread");
  }

  /// Not checked, so that its server is nobody's.
  static class Opens {
    private static final Server SERVER = virtual();

    @Test
    void open() {
      SERVER.open();
      assertThat(SERVER.end.getCount()).isEqualTo(1);
    }
  }

  @LeakCheck(within = "100ms")
  @Execution(ExecutionMode.CONCURRENT)
  static class SideBySide {
    private static final CyclicBarrier TOGETHER = new CyclicBarrier(2);

    @Test
    void one() throws Exception {
      TOGETHER.await(10, TimeUnit.SECONDS);
      Opens.SERVER.request(Opens.SERVER::logs);
    }

    @Test
    void other() throws Exception {
      TOGETHER.await(10, TimeUnit.SECONDS);
    }
  }

  private static Server virtual() {
    return new Server(Executors.newVirtualThreadPerTaskExecutor());
  }

  @Test
  void ofTestsThatRanSideBySideTheClassIsNamed() throws Exception {
    String output =
        run(
            List.of(
                "-Djunit.jupiter.execution.parallel.enabled=true",
                "-Djunit.jupiter.execution.parallel.config.strategy=fixed",
                "-Djunit.jupiter.execution.parallel.config.fixed.parallelism=2"),
            INDEX,
            Opens.class,
            SideBySide.class);
    assertThat(output)
        .contains("leak: 1 virtual thread of MarkedFunctionsTest.SideBySide\n")
        .contains("let it leave ")
        .containsOnlyOnce("LeakError");
  }

  @LeakCheck(within = "100ms")
  static class OnVirtual {
    private static final Server SERVER = virtual();

    @BeforeAll
    static void open() {
      SERVER.open();
    }

    @Test
    void leaky() throws InterruptedException {
      SERVER.request(SERVER::logs);
    }

    @AfterAll
    static void close() {
      SERVER.close();
    }
  }

  @Test
  void virtualThreadsAreLookedAtToo() throws Exception {
    assertThat(run(List.of(), INDEX, OnVirtual.class))
        .contains("leaky(): dev.groundhog.junit.LeakError: leak: 1 virtual thread of");
  }
}
