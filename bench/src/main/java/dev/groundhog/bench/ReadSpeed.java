package dev.groundhog.bench;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How long the reading of a large `debug=2` text takes, against the counting of its lines with a
/// [BufferedReader], and the heap it needs.
///
/// Both are measured in turns, each time in a JVM of its own with [#HEAP] and everything else as it
/// comes, from the opening of the file to its end; the start of the JVM does not count, warming up
/// does. Arguments: `[MEGABYTES [ROUNDS [STACKS]]]`, 500, 5 and 300 distinct stacks unless given.
/// The last line is `ratio 0.50, peak heap 80 MiB`.
public final class ReadSpeed {
  private static final String HEAP = "-Xmx256m";
  private static final long SEED = 20_261_124;

  private ReadSpeed() {}

  /// What one JVM measured.
  private record Run(long items, long millis, long peakHeapBytes) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    switch (args.length == 2 ? args[0] : "") {
      case "count" -> report(ReadSpeed::countLines, Path.of(args[1]));
      case "read" -> report(ReadSpeed::readDump, Path.of(args[1]));
      default ->
          compare(
              args.length > 0 ? Integer.parseInt(args[0]) : 500,
              args.length > 1 ? Integer.parseInt(args[1]) : 5,
              args.length > 2 ? Integer.parseInt(args[2]) : 300);
    }
  }

  private static void compare(int megabytes, int rounds, int stacks)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("groundhog-bench-", ".txt");
    try {
      long goroutines;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
        goroutines = new ServerDump(SEED, stacks).write(out, megabytes * 1_000_000L);
      }
      List<Run> counts = new ArrayList<>();
      List<Run> reads = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        counts.add(fork("count", file));
        reads.add(fork("read", file));
        System.out.printf(
            Locale.ROOT,
            "round %d: %d lines counted in %d ms, %d goroutines read in %d ms, peak heap %d MiB%n",
            round,
            counts.getLast().items,
            counts.getLast().millis,
            reads.getLast().items,
            reads.getLast().millis,
            mebibytes(reads.getLast()));
        if (reads.getLast().items != goroutines) {
          throw new IllegalStateException("the file has " + goroutines + " goroutines");
        }
      }
      long count = median(counts);
      long read = median(reads);
      System.out.printf(
          Locale.ROOT,
          "%d MB, %d stacks, medians: count %d ms, read %d ms%n",
          megabytes,
          stacks,
          count,
          read);
      System.out.printf(
          Locale.ROOT,
          "ratio %.2f, peak heap %d MiB%n",
          read / (double) count,
          reads.stream().mapToLong(ReadSpeed::mebibytes).max().orElseThrow());
    } finally {
      Files.delete(file);
    }
  }

  private static Run fork(String what, Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                ReadSpeed.class.getName(),
                what,
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(what + " with " + HEAP + " failed: " + output);
    }
    String[] numbers = output.strip().split(" ", 3);
    return new Run(
        Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
  }

  private interface Task {
    long run(Path file) throws IOException;
  }

  private static void report(Task task, Path file) throws IOException {
    long start = System.nanoTime();
    long items = task.run(file);
    long millis = (System.nanoTime() - start) / 1_000_000;
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    System.out.println(items + " " + millis + " " + peak);
  }

  private static long countLines(Path file) throws IOException {
    long lines = 0;
    try (BufferedReader reader =
        new BufferedReader(new FileReader(file.toFile(), StandardCharsets.UTF_8))) {
      while (reader.readLine() != null) {
        lines++;
      }
    }
    return lines;
  }

  private static long readDump(Path file) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return DumpReader.readAll(input).stream().mapToLong(Dump::threadCount).sum();
    }
  }

  private static long median(List<Run> runs) {
    List<Long> millis = new ArrayList<>(runs.stream().map(Run::millis).toList());
    Collections.sort(millis);
    return millis.get(millis.size() / 2);
  }

  private static long mebibytes(Run run) {
    return run.peakHeapBytes >> 20;
  }
}
