package dev.groundhog.pouch.internal.log;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Measures, for a person who runs it: lines a second that are taken over and that are read, and
/// how late a line comes. Not a test.
final class LogBench {
  private static final int LINES = 5_000_000;
  private static final String LINE = "x".repeat(99) + "\n";

  private LogBench() {}

  public static void main(String[] args) throws Exception {
    Path root = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "/tmp"), "log-bench");
    for (int round = 0; round < 3; round++) {
      throughput(Files.createDirectory(root.resolve("backlog" + round)), LogOptions.defaults());
    }
    following(Files.createDirectory(root.resolve("following")));
    unbuffered(Files.createDirectory(root.resolve("unbuffered")));
    latency(Files.createDirectory(root.resolve("latency")));
    manyFollowers(Files.createDirectory(root.resolve("followers")));
    new ProcessBuilder("rm", "-rf", root.toString()).start().waitFor();
  }

  private static void say(String what, long lines, long nanos) {
    System.out.printf("%-60s %,12d lines/s%n", what, lines * 1_000_000_000L / nanos);
  }

  private static void print(Printing container, int lines) throws Exception {
    byte[] block = LINE.repeat(1000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (OutputStream out = container.open(LogStream.STDOUT)) {
      for (int i = 0; i < lines / 1000; i++) {
        out.write(block);
      }
    }
  }

  private static void throughput(Path folder, LogOptions options) throws Exception {
    Printing container = new Printing(folder);
    print(container, LINES);
    LogOptions all = new LogOptions(options.maxBytes(), 100, options.attrs());
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, all)) {
      long start = System.nanoTime();
      log.finish();
      say("a backlog of 100-byte lines is taken over", LINES, System.nanoTime() - start);
      start = System.nanoTime();
      long read = 0;
      try (LogCursor cursor = log.read(LogQuery.everything())) {
        while (cursor.next().isPresent()) {
          read++;
        }
      }
      say("and read", read, System.nanoTime() - start);
      start = System.nanoTime();
      try (LogCursor cursor = log.read(LogQuery.everything().tail(1000))) {
        while (cursor.next().isPresent()) {
          read++;
        }
      }
      System.out.printf("the last 1000 of them: %,d us%n", (System.nanoTime() - start) / 1000);
    }
  }

  private static void following(Path folder) throws Exception {
    Printing container = new Printing(folder);
    try (Logs logs = new Logs(4L << 30);
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      long start = System.nanoTime();
      Thread printing =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  print(container, LINES);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      try (LogCursor cursor = log.read(LogQuery.everything().following())) {
        for (int i = 0; i < LINES; i++) {
          var _ = cursor.next().orElseThrow();
        }
      }
      say("printed in blocks, taken over and followed", LINES, System.nanoTime() - start);
      printing.join();
    }
  }

  /// A container that writes each line by itself, as most do to a terminal or in Go.
  private static void unbuffered(Path folder) throws Exception {
    int lines = 2_000_000;
    Printing container = new Printing(folder);
    byte[] line = LINE.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (boolean collected : new boolean[] {false, true, false, true}) {
      try (Logs logs = new Logs(4L << 30);
          ContainerLog log = logs.open(folder, LogOptions.defaults());
          OutputStream out = container.open(LogStream.STDOUT)) {
        if (collected) {
          log.collect();
        }
        long cpu = cpu();
        long start = System.nanoTime();
        for (int i = 0; i < lines; i++) {
          out.write(line);
        }
        if (collected) {
          log.finish();
        }
        say(
            "each line its own write" + (collected ? ", taken over" : ", nobody looks"),
            lines,
            System.nanoTime() - start);
        System.out.printf("cpu of all threads: %,d ms%n", (cpu() - cpu) / 1_000_000);
      }
    }
  }

  private static long cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static void manyFollowers(Path folder) throws Exception {
    int followers = 5_000;
    int rounds = 20;
    Printing container = new Printing(folder);
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      Semaphore got = new Semaphore(0);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < followers; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (LogCursor cursor = log.read(LogQuery.everything().following())) {
                    while (cursor.next().isPresent()) {
                      got.release();
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
      Thread.sleep(1000);
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        container.out("tick\n");
        got.acquire(followers);
        if (i >= rounds - 3) {
          System.out.printf(
              "a line has come to %,d followers after %,d us%n",
              followers, (System.nanoTime() - start) / 1000);
        }
      }
      log.finish();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void latency(Path folder) throws Exception {
    Printing container = new Printing(folder);
    List<Long> nanos = new ArrayList<>();
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults());
        OutputStream out = container.open(LogStream.STDOUT)) {
      log.collect();
      try (LogCursor follower = log.read(LogQuery.everything().following())) {
        for (int i = 0; i < 3000; i++) {
          Thread.sleep(Duration.ofMillis(1));
          long start = System.nanoTime();
          out.write("tick\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          var _ = follower.next().orElseThrow();
          nanos.add(System.nanoTime() - start);
        }
      }
      long cpu = cpu();
      Thread.sleep(3000);
      System.out.printf("cpu in 3 s of silence: %,d us%n", (cpu() - cpu) / 1000);
    }
    long[] sorted = nanos.subList(500, nanos.size()).stream().mapToLong(n -> n).sorted().toArray();
    System.out.printf(
        "a line comes after p50 %,d us, p99 %,d us, most %,d us %s%n",
        TimeUnit.NANOSECONDS.toMicros(sorted[sorted.length / 2]),
        TimeUnit.NANOSECONDS.toMicros(sorted[sorted.length * 99 / 100]),
        TimeUnit.NANOSECONDS.toMicros(Arrays.stream(sorted).max().orElse(0)),
        "");
  }
}
