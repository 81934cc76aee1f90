package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// What the agent's endpoint costs, side by side with what the JDK has. Arguments: the agent's jar,
/// and one of
///
/// - `jcmd`: `goroutine?debug=1` of 100,000 parked virtual threads against `jcmd PID
///   Thread.dump_to_file -format=json`, in turns; how long `jcmd` itself takes for nothing
///   (`VM.version`) is told beside it;
/// - `million`: `debug=2` and `debug=1` of 1,000,000 threads in a program whose heap is full but
///   for 64 MB;
/// - `busy`: the throughput of a busy server with and without one full dump a second of its 10,000
///   parked threads, in turns.
///
/// The last line of each has the figures.
public final class EndpointSpeed {
  private static final long SPARE_MEGABYTES = 64;

  private EndpointSpeed() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path agent = Path.of(args[0]).toAbsolutePath();
    switch (args[1]) {
      case "jcmd" -> jcmd(agent, 100_000, 9);
      case "million" -> million(agent, 1_000_000);
      case "busy" -> BusyServer.compare(agent, 10_000, 12);
      default -> throw new IllegalArgumentException(args[1] + ": jcmd, million or busy");
    }
  }

  private static void jcmd(Path agent, int threads, int rounds)
      throws IOException, InterruptedException {
    List<Long> endpoint = new ArrayList<>();
    List<Long> jcmd = new ArrayList<>();
    List<Long> nothing = new ArrayList<>();
    long bytes = 0;
    Path file = Files.createTempFile("groundhog-bench-", ".json");
    try (Program program =
        Program.start(agent, List.of(), ParkedThreads.class, Integer.toString(threads))) {
      for (int round = 0; round < rounds; round++) {
        long began = System.nanoTime();
        bytes =
            program.get(
                "/debug/pprof/goroutine?debug=1",
                body -> body.transferTo(OutputStream.nullOutputStream()));
        endpoint.add(millisSince(began));
        String pid = Long.toString(program.pid());
        jcmd.add(
            run(
                Program.tool("jcmd"),
                pid,
                "Thread.dump_to_file",
                "-overwrite",
                "-format=json",
                file.toString()));
        nothing.add(run(Program.tool("jcmd"), pid, "VM.version"));
        System.out.printf(
            Locale.ROOT,
            "round %d: debug=1 %d ms, jcmd %d ms, jcmd VM.version %d ms%n",
            round + 1,
            endpoint.getLast(),
            jcmd.getLast(),
            nothing.getLast());
      }
      long listed = program.get("/debug/pprof/goroutine?debug=1", EndpointSpeed::total);
      if (listed < threads) {
        throw new IllegalStateException("only " + listed + " of " + threads + " threads");
      }
    } finally {
      Files.delete(file);
    }
    double ours = median(endpoint.subList(1, rounds));
    double theirs = median(jcmd.subList(1, rounds));
    double start = median(nothing.subList(1, rounds));
    System.out.printf(
        Locale.ROOT,
        "ratio %.2f, without the start of jcmd %.2f, first answer %.2f, reply %d bytes%n",
        theirs / ours,
        (theirs - start) / ours,
        jcmd.getFirst() / (double) endpoint.getFirst(),
        bytes);
  }

  private static long total(InputStream body) throws IOException {
    String first =
        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)).readLine();
    return Long.parseLong(first.substring(first.lastIndexOf(' ') + 1));
  }

  private static void million(Path agent, int threads) throws IOException, InterruptedException {
    try (Program program =
        Program.start(
            agent,
            List.of("-Xmx2g"),
            ParkedThreads.class,
            Integer.toString(threads),
            Long.toString(SPARE_MEGABYTES))) {
      String[] ready = program.ready().split(" ", -1);
      long began = System.nanoTime();
      long listed = program.get("/debug/pprof/goroutine?debug=2", EndpointSpeed::headers);
      long one = millisSince(began);
      began = System.nanoTime();
      long counted = program.get("/debug/pprof/goroutine?debug=1", EndpointSpeed::total);
      long two = millisSince(began);
      boolean works = program.ask("work").equals("done work");
      boolean isShort = program.errors().contains("OutOfMemoryError");
      System.out.printf(
          Locale.ROOT,
          "live set %s MiB and %s MiB free: debug=2 lists %d in %d ms, debug=1 counts %d in %d ms,"
              + " the program %s%n",
          ready[1],
          ready[2],
          listed,
          one,
          counted,
          two,
          works && !isShort ? "works on" : "is short of memory: " + program.errors());
    }
  }

  private static long headers(InputStream body) throws IOException {
    long headers = 0;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8), 1 << 20);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      headers += line.startsWith("goroutine ") ? 1 : 0;
    }
    return headers;
  }

  /// How long a command takes, from its start to its end.
  private static long run(String... command) throws IOException, InterruptedException {
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed");
    }
    return millisSince(began);
  }

  private static long millisSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }

  static double median(List<Long> values) {
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
  }
}
