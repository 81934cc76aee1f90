package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// A program with many virtual threads that are parked, half of them in an executor, at 20 stacks
/// of different depth. Arguments: how many, and, if the heap shall be as good as full, how many
/// megabytes of it to leave free. It says `ready`, its live set and the free heap in megabytes, and
/// then answers each line with a new thread's work.
public final class ParkedThreads {
  private static final int STACKS = 20;
  private static final int BLOCK = 200_000;

  /// Held, since parked threads of an executor that nobody can reach are collected with it.
  private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();

  private ParkedThreads() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int count = Integer.parseInt(args[0]);
    CountDownLatch begun = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      int depth = 3 + i % STACKS;
      Runnable task = () -> descend(depth, begun);
      if (i % 2 == 0) {
        Thread.startVirtualThread(task);
      } else {
        EXECUTOR.execute(task);
      }
    }
    begun.await();
    long live = usedHeap();
    List<byte[]> ballast = args.length > 1 ? ballast(Long.parseLong(args[1]) << 20) : List.of();
    System.out.println("ready " + (live >> 20) + " " + (freeHeap() >> 20));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] answer = {""};
      String text = line;
      Thread.ofVirtual().start(() -> answer[0] = "done " + text).join();
      System.out.println(answer[0]);
    }
    System.exit(ballast.isEmpty() ? 0 : ballast.getFirst()[0]);
  }

  /// Fills the heap. (A limit taken from another run would be wrong: how much a parked thread holds
  /// depends on whether its frames were compiled when it parked.)
  private static List<byte[]> ballast(long spareBytes) throws InterruptedException {
    List<byte[]> ballast = new ArrayList<>();
    for (long left = freeHeap() - spareBytes; left > BLOCK; left = freeHeap() - spareBytes) {
      for (long block = 0; block < Math.max(1, left / BLOCK / 2); block++) {
        ballast.add(new byte[BLOCK]);
      }
    }
    return ballast;
  }

  private static long freeHeap() throws InterruptedException {
    return Runtime.getRuntime().maxMemory() - usedHeap();
  }

  private static long usedHeap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static void descend(int depth, CountDownLatch begun) {
    if (depth > 0) {
      descend(depth - 1, begun);
      return;
    }
    begun.countDown();
    while (true) {
      LockSupport.park();
    }
  }
}
