package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A program with virtual threads that wait, one in ten of them in a queue that nobody else holds.
///
/// | line | answer |
/// |---|---|
/// | `one N` | starts N threads that wait in one queue, or in another if they are leaked; how many are leaked |
/// | `own N` | the same, each in a queue of its own |
/// | `gc N` | the ns of a collection, which is the N-th |
public final class LeakingThreads {
  private static final int LEAKED_ONE_OF = 10;

  private static final List<LinkedBlockingQueue<String>> HELD = new ArrayList<>();

  private LeakingThreads() {}

  public static void main(String[] args) throws Exception {
    System.out.println("ready");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ", 2);
      int count = Integer.parseInt(words[1]);
      System.out.println(
          switch (words[0]) {
            case "one" -> plant(count, new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
            case "own" -> plant(count);
            case "gc" -> collect();
            default -> throw new IllegalArgumentException(line);
          });
    }
  }

  private static long collect() {
    long began = System.nanoTime();
    System.gc();
    return System.nanoTime() - began;
  }

  private static int plant(
      int count, LinkedBlockingQueue<String> held, LinkedBlockingQueue<String> dropped)
      throws InterruptedException {
    HELD.add(held);
    CountDownLatch begun = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      start(begun, i % LEAKED_ONE_OF == 0 ? dropped : held);
    }
    return settle(begun, count);
  }

  private static int plant(int count) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
      if (i % LEAKED_ONE_OF != 0) {
        HELD.add(queue);
      }
      start(begun, queue);
    }
    return settle(begun, count);
  }

  private static void start(CountDownLatch begun, LinkedBlockingQueue<String> queue) {
    Thread.startVirtualThread(() -> {
      begun.countDown();
      try {
        queue.take();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /// The last of them may be about to wait.
  private static int settle(CountDownLatch begun, int count) throws InterruptedException {
    begun.await();
    TimeUnit.SECONDS.sleep(1);
    return (count + LEAKED_ONE_OF - 1) / LEAKED_ONE_OF;
  }
}
