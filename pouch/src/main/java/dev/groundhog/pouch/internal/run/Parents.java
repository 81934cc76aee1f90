package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.io.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

/// Starts the parents of processes, which outlive this one, and reads what they have left: the pid
/// of a process, and its exit code once it has ended. See `parent.sh`.
public final class Parents {
  private static final Duration UNTIL_STARTED = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private static final int MOST_BYTES = 1 << 20;

  /// The exit code of what ended nobody knows how, as Docker has it for containers that a reboot
  /// has ended.
  public static final int UNKNOWN = 255;

  /// A variable that a parent and what it has started have, but for what is in a container.
  private static final String FOLDER = "GROUNDHOG_FOLDER";

  /// The pid of a process and when it began, to know it again.
  private static final String STARTED = "started";

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
    Files.deleteIfExists(Launch.leaderFile(launch.folder()));
    Files.deleteIfExists(launch.folder().resolve("parent"));
    Files.deleteIfExists(launch.pidFile());
    Path started = launch.folder().resolve(STARTED);
    Files.writeString(started, "\n"); // a parent without room could not say why it has not begun
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
    builder.environment().put(FOLDER, launch.folder().toString()); // from its first moment on
    Process parent =
        builder
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long pid = await(launch, parent);
    try {
      Files.writeString(started, pid + " " + ProcessStart.of(pid));
    } catch (IOException e) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      throw e;
    }
    return pid;
  }

  private long await(Launch launch, Process parent) throws IOException, InterruptedException {
    long end = System.nanoTime() + UNTIL_STARTED.toNanos();
    while (System.nanoTime() < end) {
      boolean isOver = end(launch.id()).isPresent() || !parent.isAlive();
      OptionalLong pid = pid(launch.pidFile());
      if (pid.isPresent()) {
        return pid.getAsLong();
      }
      if (isOver) {
        throw new IOException("it did not start");
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    kill(parent);
    throw new IOException("it did not start within " + UNTIL_STARTED.toSeconds() + " s");
  }

  /// It would start the process later, or tell of an end that is none.
  private static void kill(Process parent) {
    List<ProcessHandle> below = parent.descendants().toList();
    parent.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
  }

  /// What a launch has written there: the pid of a process, if it began.
  public static OptionalLong pid(Path file) throws IOException {
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

  /// How a process ended.
  ///
  /// @param code as a shell has it; [#UNKNOWN] where nobody knows
  public record End(int code, Instant at) {}

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

  /// Whether the parent of a process runs, which will tell its exit code.
  ///
  /// @param folder of its launch
  public static boolean isAlive(Path folder) throws IOException {
    return ProcessStart.isAlive(folder.resolve("parent"));
  }

  /// Kills a process that has outlived what its parent has started, as the one of a `runc exec`
  /// that was killed does. Nothing, if it has ended or is not known.
  ///
  /// @param folder of its launch
  public static void killStarted(Path folder) throws IOException {
    String text;
    try {
      text = Files.readString(folder.resolve(STARTED));
    } catch (NoSuchFileException _) {
      return;
    }
    int space = text.indexOf(' ');
    OptionalLong pid = space < 0 ? OptionalLong.empty() : number(text.substring(0, space));
    if (pid.isPresent() && ProcessStart.isAlive(pid.getAsLong(), text.substring(space + 1))) {
      ProcessHandle.of(pid.getAsLong()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  /// Kills what a parent has left that was killed itself, or did not come to its end: what it has
  /// started, and all that have its folder in their environment.
  ///
  /// @param folder of its launch
  public static void killAll(Path folder) throws IOException {
    try {
      killStarted(folder);
    } finally {
      killRemains(folder);
    }
  }

  private static void killRemains(Path folder) {
    byte[] mark = ("\0" + FOLDER + "=" + folder + "\0").getBytes(StandardCharsets.UTF_8);
    String wanted = new String(mark, StandardCharsets.ISO_8859_1);
    ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).contains(wanted))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /// Each byte a character; empty if it may not be read, or the process is gone.
  private static String environment(long pid) {
    try (InputStream in = Files.newInputStream(Path.of("/proc", Long.toString(pid), "environ"))) {
      return "\0" + new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  /// The container is gone, and what is known of its end with it.
  public void forget(String id) throws IOException {
    Files.deleteIfExists(ends.resolve(id));
  }
}
