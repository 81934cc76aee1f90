package dev.groundhog.pouch.internal.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A command of this machine that is over soon.
///
/// @param exitCode its own
/// @param output what it printed to both of its streams, up to a bound
public record ShortCommand(int exitCode, String output) {
  private static final System.Logger LOG = System.getLogger(ShortCommand.class.getName());
  private static final Duration UNTIL_READ = Duration.ofSeconds(1);
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
    Output output = new Output(process.getInputStream(), mostBytes);
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(command.command().getFirst() + " does not end");
      }
      return new ShortCommand(process.exitValue(), output.read());
    } finally {
      process.destroyForcibly();
    }
  }

  /// What comes, by a thread that ends when nobody can print any more, which may be later than the
  /// command: what it has started may hold the pipe.
  private static final class Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread reader;

    Output(InputStream in, int mostBytes) {
      reader = Thread.ofVirtual().name("pouch-command").start(() -> copy(in, mostBytes));
    }

    private void copy(InputStream in, int mostBytes) {
      byte[] some = new byte[1 << 13];
      try (in) {
        int count = 0;
        while (count >= 0 && bytes.size() < mostBytes) {
          bytes.write(some, 0, count);
          count = in.read(some, 0, Math.min(some.length, mostBytes - bytes.size()));
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "not all that a command printed is read", e);
      }
    }

    /// Of a command that has ended.
    String read() throws InterruptedException {
      boolean _ = reader.join(UNTIL_READ);
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
