package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Each kind of leak is caught in the test that has it, and its repaired twin passes.
class KindsTest {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  /// What a test does that leaves a thread; an interrupt ends it.
  interface Wait {
    void run() throws Exception;
  }

  private static Thread start(Thread.Builder builder, Wait wait) {
    Thread thread =
        builder.start(() -> {
          try {
            wait.run();
          } catch (Exception _) {
            // it ends
          }
        });
    Left.open(thread::interrupt);
    return thread;
  }

  private static void startAndEnd(Thread.Builder builder, Wait wait) throws InterruptedException {
    Thread thread = start(builder, wait);
    thread.interrupt();
    thread.join();
  }

  private static void lockTwice() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    Thread owner = start(Thread.ofVirtual(), lock::lock);
    owner.join();
    lock.lockInterruptibly();
  }

  @LeakCheck(within = "300ms")
  static class Leaky {
    @Test
    void queue() {
      start(Thread.ofVirtual(), () -> new LinkedBlockingQueue<>().take());
    }

    @Test
    void future() {
      start(Thread.ofVirtual(), () -> new CompletableFuture<>().get());
    }

    @Test
    void latch() {
      start(Thread.ofPlatform(), () -> new CountDownLatch(1).await());
    }

    @Test
    void lock() {
      start(Thread.ofVirtual(), KindsTest::lockTwice);
    }

    @Test
    void sleep() {
      start(Thread.ofVirtual(), () -> Thread.sleep(Duration.ofHours(1)));
    }

    @Test
    void idlePool() throws Exception {
      ExecutorService pool = Executors.newFixedThreadPool(1);
      Left.open(pool::shutdownNow);
      pool.submit(() -> {}).get();
    }

    @Test
    void forkJoinPool() throws Exception {
      ForkJoinPool pool = new ForkJoinPool(1);
      Left.open(pool::shutdownNow);
      pool.submit(() -> {}).get();
    }

    @Test
    void virtualExecutor() {
      ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
      Left.open(pool::shutdownNow);
      pool.submit(() -> new LinkedBlockingQueue<>().take());
    }

    @Test
    void scheduled() {
      ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
      Left.open(pool::shutdownNow);
      pool.schedule(() -> {}, 1, TimeUnit.HOURS);
    }

    @Test
    void timer() {
      Timer timer = new Timer(true);
      Left.open(timer::cancel);
      timer.schedule(task(), Duration.ofHours(1).toMillis());
    }

    @Test
    void httpClient() throws Exception {
      HttpClient client = HttpClient.newHttpClient();
      Left.open(client::shutdownNow);
      answer(client);
    }

    @Test
    void accept() throws IOException {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      Left.open(socket::close);
      start(Thread.ofVirtual(), socket::accept);
    }

    @Test
    void process() throws IOException {
      Process process = new ProcessBuilder("sleep", "3600").start();
      Left.open(process::destroy);
      start(Thread.ofVirtual(), process::waitFor);
    }

    @Test
    void busy() {
      start(Thread.ofPlatform().daemon(), KindsTest::spin);
    }

    @Test
    void child() throws InterruptedException {
      start(
              Thread.ofVirtual(),
              () -> start(Thread.ofVirtual(), () -> new LinkedBlockingQueue<>().take()))
          .join();
    }
  }

  @LeakCheck
  static class Repaired {
    @Test
    void queue() throws InterruptedException {
      startAndEnd(Thread.ofVirtual(), () -> new LinkedBlockingQueue<>().take());
    }

    @Test
    void future() throws InterruptedException {
      startAndEnd(Thread.ofVirtual(), () -> new CompletableFuture<>().get());
    }

    @Test
    void latch() throws InterruptedException {
      startAndEnd(Thread.ofPlatform(), () -> new CountDownLatch(1).await());
    }

    @Test
    void lock() throws InterruptedException {
      startAndEnd(Thread.ofVirtual(), KindsTest::lockTwice);
    }

    @Test
    void sleep() throws InterruptedException {
      startAndEnd(Thread.ofVirtual(), () -> Thread.sleep(Duration.ofHours(1)));
    }

    @Test
    void idlePool() throws Exception {
      try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
        pool.submit(() -> {}).get();
      }
    }

    @Test
    void forkJoinPool() throws Exception {
      try (ForkJoinPool pool = new ForkJoinPool(1)) {
        pool.submit(() -> {}).get();
      }
    }

    @Test
    void virtualExecutor() throws Exception {
      try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
        pool.submit(() -> new LinkedBlockingQueue<>().poll()).get();
      }
    }

    @Test
    void scheduled() {
      ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
      pool.schedule(() -> {}, 1, TimeUnit.HOURS);
      pool.shutdownNow();
    }

    @Test
    void timer() {
      Timer timer = new Timer(true);
      timer.schedule(task(), Duration.ofHours(1).toMillis());
      timer.cancel();
    }

    @Test
    void httpClient() throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        answer(client);
      }
    }

    @Test
    void accept() throws Exception {
      Thread thread;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        thread = start(Thread.ofVirtual(), socket::accept);
      }
      thread.join();
    }

    @Test
    void process() throws Exception {
      Process process = new ProcessBuilder("sleep", "3600").start();
      Thread thread = start(Thread.ofVirtual(), process::waitFor);
      process.destroy();
      thread.join();
    }

    @Test
    void busy() throws InterruptedException {
      startAndEnd(Thread.ofPlatform(), KindsTest::spin);
    }

    @Test
    void child() throws InterruptedException {
      start(
              Thread.ofVirtual(),
              () -> startAndEnd(Thread.ofVirtual(), () -> new LinkedBlockingQueue<>().take()))
          .join();
    }
  }

  /// Only then does each know who is to be interrupted.
  private static final CountDownLatch LAST = new CountDownLatch(40);

  @LeakCheck(within = "100ms")
  static class Chain {
    /// Each thread ends when it has started the next; the last one stays.
    @RepeatedTest(40)
    void test() {
      next(15);
    }

    private static void next(int more) {
      start(Thread.ofPlatform(), more == 0 ? Chain::stay : () -> next(more - 1));
    }

    private static void stay() throws InterruptedException {
      LAST.countDown();
      new LinkedBlockingQueue<>().take();
    }
  }

  /// Threads end all the while, which the JDK's dump may not survive: see `JdkLook`.
  @Test
  @Tag("long")
  void aThreadIsCaughtWhoseStarterEndsWhileThreadsAreListed() throws InterruptedException {
    Map<String, String> failures = Run.of(Chain.class).failures();
    assertThat(LAST.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(failures).hasSize(40);
    assertThat(failures.values()).allMatch(line -> line.contains("of KindsTest.Chain.test() "));
  }

  private static void spin() {
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  private static TimerTask task() {
    return new TimerTask() {
      @Override
      public void run() {
        // never
      }
    };
  }

  /// Asks a server that is there for as long.
  private static void answer(HttpClient client) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void eachKindIsCaughtInTheTestThatLeavesIt() {
    Run run = Run.of(Leaky.class);
    assertThat(run.failures()).containsOnlyKeys(run.tests());
    run.failures()
        .forEach((test, line) ->
            assertThat(line).startsWith("leak: ").endsWith(" of KindsTest.Leaky." + test));
  }

  @Test
  void eachRepairedTwinPasses() {
    Run run = Run.of(Repaired.class);
    assertThat(run.failures()).isEmpty();
  }
}
