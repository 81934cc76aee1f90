package dev.groundhog.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// `pouchd` and Docker's `dockerd` side by side, in turns, by the same command line and by the same
/// client of the API. Both have an image `busybox` with `/bin/busybox`. Arguments: what is
/// measured, the unix sockets of the one and the other, and a folder for pipes:
///
/// - `logs`: how fast `docker logs` gives a large log;
/// - `print`: how fast a container can print while it is followed, until the last line is read;
/// - `latency`: how long a line takes from the container's write to who follows; both wait for the
///   same `cat` to wake up, which is part of it;
/// - `run`: how long `docker run --rm busybox true` takes, attached.
///
/// The last line is `ratio N …`: how many times as fast the first is, by medians.
public final class EngineSpeed {
  private static final int LINES = 500_000;
  private static final int LOG_ROUNDS = 7;
  private static final int RUN_ROUNDS = 15;
  private static final int RUN_WARM_UP = 3;
  private static final int LATENCY_ROUNDS = 20;
  private static final int LATENCY_WARM_UP = 40;
  private static final int LINES_OF_A_ROUND = 50;
  private static final int LEAST_PAUSE_MILLIS = 2;
  private static final int MOST_PAUSE_MILLIS = 8;
  private static final long SEED = 20_262;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String READY = "ready\n";

  private final Path pipes;

  private EngineSpeed(Path pipes) {
    this.pipes = pipes;
  }

  public static void main(String[] args) throws Exception {
    EngineSpeed speed = new EngineSpeed(Path.of(args[3]).toAbsolutePath());
    Engine ours = Engine.at("pouchd", Path.of(args[1]));
    Engine theirs = Engine.at("dockerd", Path.of(args[2]));
    switch (args[0]) {
      case "logs" -> speed.logs(ours, theirs);
      case "print" -> speed.print(ours, theirs);
      case "latency" -> speed.latency(ours, theirs);
      case "run" -> speed.run(ours, theirs);
      default -> throw new IllegalArgumentException(args[0] + ": logs, print, latency or run");
    }
  }

  /// One of the two daemons.
  ///
  /// @param isolates whether a container sees a folder of this machine only where it is mounted
  private record Engine(String name, Path socket, boolean isolates) {
    static Engine at(String name, Path socket) throws IOException, InterruptedException {
      String runtime = docker(socket, "info", "--format", "{{.DefaultRuntime}}");
      return new Engine(name, socket, !runtime.equals("process"));
    }

    /// Runs `docker`.
    ///
    /// @return what it prints
    String docker(String... arguments) throws IOException, InterruptedException {
      return docker(socket, arguments);
    }

    private static String docker(Path socket, String... arguments)
        throws IOException, InterruptedException {
      Path output = Files.createTempFile("groundhog-bench-", ".out");
      try {
        run(command(socket, arguments), output);
        return Files.readString(output).strip();
      } finally {
        Files.delete(output);
      }
    }

    /// How long `docker` takes whose output nobody reads.
    long nanosOf(String... arguments) throws IOException, InterruptedException {
      long began = System.nanoTime();
      run(command(socket, arguments), Path.of("/dev/null"));
      return System.nanoTime() - began;
    }

    private static List<String> command(Path socket, String... arguments) {
      List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket));
      command.addAll(List.of(arguments));
      return command;
    }

    private static void run(List<String> command, Path output)
        throws IOException, InterruptedException {
      Path errors = Files.createTempFile("groundhog-bench-", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
          process.destroyForcibly();
          throw new IOException(String.join(" ", command) + ": " + Files.readString(errors));
        }
      } finally {
        Files.delete(errors);
      }
    }

    /// Starts a container that runs a script of busybox and sees `folder`.
    ///
    /// @return its id
    String start(String script, Path folder) throws IOException, InterruptedException {
      List<String> arguments = new ArrayList<>(List.of("run", "-d", "--network", "host"));
      if (isolates) {
        arguments.addAll(List.of("-v", folder + ":" + folder));
      }
      arguments.addAll(List.of("--log-opt", "max-size=200m", "--log-opt", "max-file=2"));
      arguments.addAll(List.of("busybox", "/bin/busybox", "sh", "-c", script));
      return docker(arguments.toArray(String[]::new));
    }

    void remove(String container) throws IOException, InterruptedException {
      docker("rm", "-f", container);
    }
  }

  /// Follows a container by the API, as it comes.
  private static final class Follower implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private String seen = "";

    Follower(Engine engine, String container) throws IOException {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(engine.socket()));
      // HTTP/1.0: the answer has no pieces and ends with the connection.
      String request =
          "GET /v1.24/containers/"
              + container
              + "/logs?stdout=1&follow=1 HTTP/1.0\r\nHost: localhost\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    /// Returns once `text` has come.
    void await(String text) throws IOException {
      while (!seen.contains(text)) {
        int count = channel.read(buffer.clear());
        if (count < 0) {
          throw new EOFException("it ended without " + text + seen);
        }
        seen += new String(buffer.array(), 0, count, StandardCharsets.ISO_8859_1);
      }
      seen = "";
    }

    /// @return how many bytes come until the end
    long readToEnd() throws IOException {
      long bytes = 0;
      int count = channel.read(buffer.clear());
      while (count >= 0) {
        bytes += count;
        count = channel.read(buffer.clear());
      }
      return bytes;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path pipe = pipes.resolve(name);
    Files.deleteIfExists(pipe);
    Engine.run(List.of("mkfifo", pipe.toString()), Path.of("/dev/null"));
    return pipe;
  }

  private void logs(Engine ours, Engine theirs) throws Exception {
    List<Engine> engines = List.of(ours, theirs);
    List<String> containers = new ArrayList<>();
    for (Engine engine : engines) {
      String container = engine.start("seq " + LINES, pipes);
      engine.docker("wait", container);
      containers.add(container);
    }
    List<List<Double>> nanos = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = -1; round < LOG_ROUNDS; round++) {
      for (int i : order(round)) {
        double time = engines.get(i).nanosOf("logs", containers.get(i));
        if (round >= 0) {
          nanos.get(i).add(time);
        }
      }
    }
    for (int i = 0; i < engines.size(); i++) {
      engines.get(i).remove(containers.get(i));
    }
    tellThroughput(engines, nanos);
  }

  private void print(Engine ours, Engine theirs) throws Exception {
    List<Engine> engines = List.of(ours, theirs);
    List<List<Double>> nanos = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = -1; round < LOG_ROUNDS; round++) {
      for (int i : order(round)) {
        double time = print(engines.get(i));
        if (round >= 0) {
          nanos.get(i).add(time);
        }
      }
    }
    tellThroughput(engines, nanos);
  }

  /// How long it takes until the last line is read.
  private double print(Engine engine) throws Exception {
    Path gate = pipe("gate-" + engine.name());
    String container = engine.start("echo ready; cat " + gate + "; seq " + LINES, pipes);
    try (Follower follower = new Follower(engine, container)) {
      follower.await(READY);
      long began = System.nanoTime();
      FileChannel.open(gate, StandardOpenOption.WRITE).close();
      long bytes = follower.readToEnd();
      long nanos = System.nanoTime() - began;
      if (bytes < bytesOfLines()) {
        throw new IOException(engine.name() + " gave " + bytes + " of " + bytesOfLines());
      }
      return nanos;
    } finally {
      engine.remove(container);
    }
  }

  private static long bytesOfLines() {
    long bytes = 0;
    for (int line = 1; line <= LINES; line++) {
      bytes += Integer.toString(line).length() + 1;
    }
    return bytes;
  }

  private static void tellThroughput(List<Engine> engines, List<List<Double>> nanos) {
    double[] rates =
        nanos.stream().mapToDouble(times -> bytesOfLines() * 1e3 / median(times)).toArray();
    System.out.printf(
        Locale.ROOT,
        "ratio %.2f: %s %.1f MB/s, %s %.1f MB/s, %d lines%n",
        rates[0] / rates[1],
        engines.get(0).name(),
        rates[0],
        engines.get(1).name(),
        rates[1],
        LINES);
  }

  /// A container that prints what is written to a pipe.
  private static final class Echo implements AutoCloseable {
    final Engine engine;
    final String container;
    final FileChannel pipe;
    final Follower follower;
    final List<Double> nanos = new ArrayList<>();
    private int lines;

    Echo(Engine engine, Path folder, Path pipe) throws Exception {
      this.engine = engine;
      this.container = engine.start("echo ready; exec cat " + pipe, folder);
      this.follower = new Follower(engine, container);
      follower.await(READY);
      this.pipe = FileChannel.open(pipe, StandardOpenOption.WRITE);
    }

    double line() throws IOException {
      String line = "line " + lines++ + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
      long began = System.nanoTime();
      pipe.write(bytes);
      follower.await(line);
      return System.nanoTime() - began;
    }

    @Override
    public void close() throws IOException {
      pipe.close();
      follower.close();
      try {
        engine.remove(container);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void latency(Engine ours, Engine theirs) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Echo our = new Echo(ours, pipes, pipe("our-lines"));
        Echo their = new Echo(theirs, pipes, pipe("their-lines"))) {
      List<Echo> echoes = List.of(our, their);
      for (int round = -LATENCY_WARM_UP; round < LATENCY_ROUNDS; round++) {
        for (int i : order(round)) {
          for (int line = 0; line < LINES_OF_A_ROUND; line++) {
            Thread.sleep(random.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS + 1));
            double nanos = echoes.get(i).line();
            if (round >= 0) {
              echoes.get(i).nanos.add(nanos);
            }
          }
        }
      }
      double[] medians = echoes.stream().mapToDouble(echo -> median(echo.nanos) / 1e3).toArray();
      double[] slow = echoes.stream().mapToDouble(echo -> part(echo.nanos, 99) / 1e3).toArray();
      System.out.printf(
          Locale.ROOT,
          "ratio %.2f, p99 %.2f: %s %.0f µs, p99 %.0f µs, %s %.0f µs, p99 %.0f µs%n",
          medians[1] / medians[0],
          slow[1] / slow[0],
          ours.name(),
          medians[0],
          slow[0],
          theirs.name(),
          medians[1],
          slow[1]);
    }
  }

  private void run(Engine ours, Engine theirs) throws Exception {
    List<Engine> engines = List.of(ours, theirs);
    List<List<Double>> nanos = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = -RUN_WARM_UP; round < RUN_ROUNDS; round++) {
      for (int i : order(round)) {
        double time = engines.get(i).nanosOf("run", "--rm", "--network", "none", "busybox", "true");
        if (round >= 0) {
          nanos.get(i).add(time);
        }
      }
    }
    double[] medians = nanos.stream().mapToDouble(times -> median(times) / 1e6).toArray();
    System.out.printf(
        Locale.ROOT,
        "ratio %.2f: %s %.0f ms, %s %.0f ms%n",
        medians[1] / medians[0],
        ours.name(),
        medians[0],
        theirs.name(),
        medians[1]);
  }

  /// Who is first alternates.
  private static int[] order(int round) {
    return round % 2 == 0 ? new int[] {0, 1} : new int[] {1, 0};
  }

  private static double median(List<Double> values) {
    return part(values, 50);
  }

  private static double part(List<Double> values, int percent) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }
}
