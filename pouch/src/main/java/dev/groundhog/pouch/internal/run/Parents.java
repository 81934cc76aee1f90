package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Starts the parents of processes, which outlive this one, and reads what they have left: the pid
/// of a process, and its exit code once it has ended. See `parent.sh`.
public final class Parents {
  private static final Duration UNTIL_STARTED = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private final Path script;
  private final Path ends;

  private Parents(Path script, Path ends) {
    this.script = script;
    this.ends = ends;
  }

  /// @param folder in which the script and the exit codes lie
  public static Parents in(Path folder) throws IOException {
    Path ends = Files.createDirectories(folder.resolve("ends"));
    Path script = folder.resolve("parent.sh");
    Path written = folder.resolve("parent.sh.new");
    try (InputStream in = Parents.class.getResourceAsStream("parent.sh")) {
      if (in == null) {
        throw new IOException("parent.sh is not in the jar");
      }
      Files.write(written, in.readAllBytes());
    }
    Files.move(written, script, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    return new Parents(script, ends);
  }

  /// Where exit codes appear, one file for each container that has ended, by rename.
  public Path ends() {
    return ends;
  }

  /// Starts a process.
  ///
  /// @return its pid
  /// @throws IOException if it has not begun within 20 s, or its parent could not be started
  public long start(Launch launch) throws IOException, InterruptedException {
    Files.deleteIfExists(ends.resolve(launch.id()));
    Files.deleteIfExists(Launch.leaderFile(launch.folder()));
    Files.deleteIfExists(launch.pidFile());
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                "sh",
                script.toString(),
                launch.folder().toString(),
                ends.toString(),
                launch.id(),
                launch.directory().toString(),
                launch.isTerminal() ? "terminal" : launch.hasInput() ? "input" : "none"));
    command.addAll(launch.command());
    Process parent =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long end = System.nanoTime() + UNTIL_STARTED.toNanos();
    while (System.nanoTime() < end) {
      OptionalLong pid = pid(launch.pidFile());
      if (pid.isPresent()) {
        return pid.getAsLong();
      }
      if (!parent.isAlive()) {
        pid = pid(launch.pidFile()); // it may have ended between the two looks
        if (pid.isPresent()) {
          return pid.getAsLong();
        }
        break;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    throw new IOException("its parent did not start it");
  }

  private static OptionalLong pid(Path file) throws IOException {
    try {
      String text = Files.readString(file).trim();
      // Who does not rename it may not have written all of it yet.
      return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    } catch (NumberFormatException e) {
      throw new IOException("no pid in " + file, e);
    }
  }

  /// The exit code of a container that has ended; empty while it runs.
  public OptionalInt exitCode(String id) throws IOException {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(ends.resolve(id)).trim()));
    } catch (NoSuchFileException _) {
      return OptionalInt.empty();
    } catch (NumberFormatException e) {
      throw new IOException("no exit code in " + ends.resolve(id), e);
    }
  }

  /// The container is gone, and what is known of its end with it.
  public void forget(String id) throws IOException {
    Files.deleteIfExists(ends.resolve(id));
  }
}
