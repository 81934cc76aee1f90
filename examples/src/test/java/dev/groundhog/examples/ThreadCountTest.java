package dev.groundhog.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadCountTest {
  @Test
  void platformAndVirtualThreadsAreCountedUntilTheyEnd() throws Exception {
    long before = ThreadCount.now();
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(Thread.ofVirtual().name(i % 2 == 0 ? "" : "v" + i).start(() -> await(end)));
    }
    for (int i = 0; i < 10; i++) {
      threads.add(Thread.ofPlatform().name("p\" virtual RUNNABLE").start(() -> await(end)));
    }
    long during = ThreadCount.now();
    end.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(during).isEqualTo(before + 110);
    assertThat(Jvm.becomes(() -> ThreadCount.now() == before)).isTrue();
  }

  @Test
  void aThreadThatWaitsInCodeOfTheJdkOnlyIsCounted() throws Exception {
    long before = ThreadCount.now();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      executor.submit(new SynchronousQueue<Integer>()::take);
      assertThat(ThreadCount.now()).isEqualTo(before + 1);
      executor.shutdownNow();
    }
  }

  @Test
  void theJdksOwnThreadsThatWaitForSocketsAreNotCounted() throws Exception {
    long before = ThreadCount.now();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread accepting = Thread.ofVirtual().start(() -> accept(listener));
      assertThat(Jvm.becomes(() -> accepting.getState() == Thread.State.WAITING)).isTrue();
      assertThat(ThreadCount.now()).isEqualTo(before + 1);
      listener.close();
      accepting.join();
    }
    assertThat(ThreadCount.now()).isEqualTo(before);
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    long before = leftovers();
    ThreadCount.now();
    assertThat(leftovers()).isEqualTo(before);
  }

  private static long leftovers() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(f -> f.getFileName().toString().startsWith("thread-count")).count();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void accept(ServerSocket listener) {
    try (Socket accepted = listener.accept()) {
      assertThat(accepted).isNotNull();
    } catch (java.io.IOException _) {
      // closed
    }
  }
}
