package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A command of this machine that is over soon.
///
/// @param exitCode its own
/// @param output what it printed to both of its streams, up to a bound
public record ShortCommand(int exitCode, String output) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  static final int MOST_BYTES = 4 << 20;

  public boolean isDone() {
    return exitCode == 0;
  }

  /// Runs it to its end.
  ///
  /// @throws IOException if it cannot be started, or is not over after 20 s; then it is killed
  static ShortCommand run(List<String> command) throws IOException, InterruptedException {
    return run(new ProcessBuilder(command), PATIENCE, MOST_BYTES);
  }

  /// Runs it to its end, with nothing to read.
  ///
  /// @param mostBytes so much of its output is read; then it is closed
  /// @throws IOException if it cannot be started, or is not over in that time; then it is killed
  public static ShortCommand run(ProcessBuilder command, Duration patience, int mostBytes)
      throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    process.getOutputStream().close();
    FutureTask<String> output = new FutureTask<>(() -> read(process, mostBytes));
    Thread.ofVirtual().name("pouch-command").start(output);
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(command.command().getFirst() + " does not end");
      }
      return new ShortCommand(process.exitValue(), output.get());
    } catch (ExecutionException e) {
      throw new IOException("what " + command.command().getFirst() + " printed is not read", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Process process, int mostBytes) {
    try (var in = process.getInputStream()) {
      return new String(in.readNBytes(mostBytes), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
