package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a proof takes beside a collection alone, `System.gc()`, in the same JVM and in turns;
/// and, in the same run, Go's profile `goroutineleak` beside `runtime.GC()` in a Go program that
/// takes the same lines as [LeakingThreads] and answers `proof N` with its ns and how many are
/// leaked. Each tenth thread is leaked.
///
/// Arguments: the agent's jar, the Go program, how many threads. Prints a line for each way to wait
/// and each collector, with the medians once they have settled, and how the time grows.
public final class ProofSpeed {
  private static final int WARM_UP = 3;
  private static final int ROUNDS = 7;
  private static final double MILLI = 1e6;

  private static final Pattern PROOF =
      Pattern.compile("(\\d+) of \\d+ waiting threads are leaked; (\\d+) ms, .*");

  /// One of the two kinds of programs.
  private interface Side extends AutoCloseable {
    String ask(String line) throws IOException;

    Found prove() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// @param whole with what it takes to tell of it
  private record Found(long leaked, double millis, double whole) {}

  /// Medians of ms.
  private record Figures(long planted, long found, double collection, double proof, double whole) {
    double ratio() {
      return proof / collection;
    }
  }

  private ProofSpeed() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path agent = Path.of(args[0]).toAbsolutePath();
    String go = Path.of(args[1]).toAbsolutePath().toString();
    int threads = Integer.parseInt(args[2]);
    for (String way : List.of("one", "own")) {
      tell("go", way, threads, measure(new GoSide(go), way, threads));
      for (String gc : List.of("G1", "Parallel", "Serial")) {
        tell(gc, way, threads, measure(new JvmSide(agent, gc), way, threads));
      }
    }
    for (int fewer = threads / 100; fewer <= threads; fewer *= 10) {
      tell("G1 grows", "own", fewer, measure(new JvmSide(agent, "G1"), "own", fewer));
    }
  }

  private static void tell(String side, String way, int threads, Figures figures) {
    System.out.printf(
        Locale.ROOT,
        "%s %s %d: found %d of %d, collection %.0f ms, proof %.0f ms, told in %.0f ms, ratio %.2f%n",
        side,
        way,
        threads,
        figures.found,
        figures.planted,
        figures.collection,
        figures.proof,
        figures.whole,
        figures.ratio());
  }

  private static Figures measure(Side side, String way, int threads) throws IOException {
    try (side) {
      long planted = Long.parseLong(side.ask(way + " " + threads));
      double[] collections = new double[ROUNDS];
      double[] proofs = new double[ROUNDS];
      double[] wholes = new double[ROUNDS];
      long found = Long.MAX_VALUE;
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        double collection = Long.parseLong(side.ask("gc " + (round + WARM_UP))) / MILLI;
        Found proof = side.prove();
        if (round >= 0) {
          collections[round] = collection;
          proofs[round] = proof.millis;
          wholes[round] = proof.whole;
          found = Math.min(found, proof.leaked);
        }
      }
      return new Figures(planted, found, median(collections), median(proofs), median(wholes));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private record JvmSide(Program program) implements Side {
    JvmSide(Path agent, String gc) throws IOException, InterruptedException {
      this(
          Program.start(
              agent,
              ",births=off",
              List.of("-Xms4g", "-Xmx4g", "-XX:+Use" + gc + "GC"),
              LeakingThreads.class));
    }

    @Override
    public String ask(String line) throws IOException {
      return program.ask(line);
    }

    @Override
    public Found prove() throws IOException {
      long began = System.nanoTime();
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create(program.url("/debug/pprof/goroutineleak")).toURL().openConnection();
      try (InputStream in = connection.getInputStream()) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      double whole = (System.nanoTime() - began) / MILLI;
      String told = connection.getHeaderField("X-Groundhog-Proof");
      Matcher proof = PROOF.matcher(told);
      if (!proof.matches()) {
        throw new IOException("no proof: " + told);
      }
      return new Found(Long.parseLong(proof.group(1)), Long.parseLong(proof.group(2)), whole);
    }

    @Override
    public void close() throws IOException {
      program.close();
    }
  }

  private record GoSide(Process process, BufferedReader output) implements Side {
    GoSide(String program) throws IOException {
      this(new ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    private GoSide(Process process) {
      this(process, process.inputReader(StandardCharsets.UTF_8));
    }

    @Override
    public String ask(String line) throws IOException {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      String answer = output.readLine();
      if (answer == null) {
        throw new IOException("the Go program has ended");
      }
      return answer;
    }

    @Override
    public Found prove() throws IOException {
      String[] answer = ask("proof 1").split(" ", 2);
      double millis = Long.parseLong(answer[0]) / MILLI;
      return new Found(Long.parseLong(answer[1]), millis, millis);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
