package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.io.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Starts the parents of processes, which outlive this one, and reads how the processes have ended.
/// See `parent.sh`.
public final class Parents {
  private static final Duration UNTIL_STARTED = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  /// The exit code of what ended nobody knows how, as Docker has it for containers that a reboot
  /// has ended.
  public static final int UNKNOWN = 255;

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
    try (InputStream in = Parents.class.getResourceAsStream("parent.sh")) {
      if (in == null) {
        throw new IOException("parent.sh is not in the jar");
      }
      byte[] bytes = in.readAllBytes();
      // A daemon begins on a full disk too.
      if (!Files.exists(script) || !Arrays.equals(Files.readAllBytes(script), bytes)) {
        WholeFile.write(script, bytes);
      }
    }
    return new Parents(script, ends);
  }

  /// Where exit codes appear, one file for each container that has ended, by rename.
  public Path ends() {
    return ends;
  }

  /// Starts a process.
  ///
  /// @return its pid
  /// @throws IOException if it has ended before it began, has not begun within 20 s, or its parent
  ///   could not be started
  public long start(Launch launch) throws IOException, InterruptedException {
    Files.deleteIfExists(ends.resolve(launch.id()));
    Files.deleteIfExists(launch.pidFile());
    Launched launched = new Launched(launch.folder());
    launched.forget();
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
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .put(Launched.FOLDER, launch.folder().toString()); // from its first moment on
    Process parent =
        builder
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    OptionalLong pid = awaitBegin(launch.id(), launch.pidFile(), parent::isAlive);
    if (pid.isEmpty()) {
      kill(parent);
      throw new IOException("it did not start");
    }
    try {
      launched.began(pid.getAsLong());
    } catch (IOException e) {
      ProcessHandle.of(pid.getAsLong()).ifPresent(ProcessHandle::destroyForcibly);
      throw e;
    }
    return pid.getAsLong();
  }

  /// Waits until a process that was launched before has begun.
  ///
  /// @return its pid, or what was its pid; empty if it has not begun within 20 s, has ended before
  ///   it began, or has no parent that would start it
  public OptionalLong awaitBegin(String id, Launched launched, Path pidFile)
      throws IOException, InterruptedException {
    return awaitBegin(id, pidFile, launched::hasParent);
  }

  private interface Question {
    boolean isYes() throws IOException;
  }

  private OptionalLong awaitBegin(String id, Path pidFile, Question hasParent)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + UNTIL_STARTED.toNanos();
    while (System.nanoTime() < end) {
      boolean isOver = !hasParent.isYes() || end(id).isPresent(); // before its last word is read
      OptionalLong pid = Launched.pid(pidFile);
      if (pid.isPresent() || isOver) {
        return pid;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return OptionalLong.empty();
  }

  /// It would start the process later, or tell of an end that is none.
  private static void kill(Process parent) {
    List<ProcessHandle> below = parent.descendants().toList();
    parent.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
  }

  /// How a process ended.
  ///
  /// @param code as a shell has it; [#UNKNOWN] where nobody knows
  public record End(int code, Instant at) {
    /// Of which nobody knows more than that it has come by now.
    public static End unknown() {
      return new End(UNKNOWN, Instant.now());
    }
  }

  /// What the parent of a process has written of its end; empty while it runs.
  public Optional<End> end(String id) throws IOException {
    Path file = ends.resolve(id);
    try {
      int code = code(Files.readString(file).trim());
      return Optional.of(new End(code, Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static int code(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return UNKNOWN; // its parent had no room to write it
    }
  }

  /// The container is gone, and what is known of its end with it.
  public void forget(String id) throws IOException {
    Files.deleteIfExists(ends.resolve("." + id));
    Files.deleteIfExists(ends.resolve(id));
  }
}
