package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A process that a parent has started, or is to start: by the folder of its launch, and by
/// `/proc`.
public record Launched(Path folder) {
  /// A variable that a parent and what it has started have, but for what is in a container.
  static final String FOLDER = "GROUNDHOG_FOLDER";

  /// How long a parent may take to end what is left of a process that has ended.
  private static final Duration UNTIL_ENDED = Duration.ofSeconds(3);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_ABOVE = 16;

  /// What is written of one that has begun.
  private static final Pattern STARTED = Pattern.compile("(\\d{1,18}) (.*)");

  /// Forgets what was launched there before.
  void forget() throws IOException {
    Files.deleteIfExists(Launch.leaderFile(folder));
    Files.deleteIfExists(parent());
    Files.writeString(started(), "\n"); // a parent without room could not say why it has not begun
  }

  private Path parent() {
    return folder.resolve("parent");
  }

  private Path started() {
    return folder.resolve("started");
  }

  /// Whether its parent runs, which will tell how it ends.
  public boolean hasParent() throws IOException {
    return ProcessStart.alive(parent()).isPresent();
  }

  /// What a launch has written of its pid; empty if it has not begun.
  ///
  /// @param pidFile of the launch
  public static OptionalLong pid(Path pidFile) throws IOException {
    try {
      String text = Files.readString(pidFile).trim();
      // Who does not rename it may not have written all of it yet.
      return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    } catch (NumberFormatException e) {
      throw new IOException("no pid in " + pidFile, e);
    }
  }

  /// It, if it runs below its parent: another process may have its pid by now, while the parent
  /// waits for room to say how it ended.
  ///
  /// @param pidFile of the launch
  public Optional<ProcessHandle> process(Path pidFile) throws IOException {
    OptionalLong parent = ProcessStart.alive(parent());
    OptionalLong pid = pid(pidFile);
    return parent.isEmpty() || pid.isEmpty()
        ? Optional.empty()
        : ProcessHandle.of(pid.getAsLong()).filter(process -> isBelow(process, parent.getAsLong()));
  }

  private static boolean isBelow(ProcessHandle process, long ancestor) {
    Optional<ProcessHandle> above = process.parent();
    for (int i = 0; i < MOST_ABOVE && above.isPresent(); i++) {
      if (above.get().pid() == ancestor) {
        return true;
      }
      above = above.get().parent();
    }
    return false;
  }

  /// Notes its pid, and when it began, to know it again.
  void began(long pid) throws IOException {
    Files.writeString(started(), pid + " " + ProcessStart.of(pid));
  }

  /// Kills it, where it has outlived what its parent has started, as the process of a `runc exec`
  /// that was killed does. Nothing, if it has ended or is not known.
  public void killStarted() throws IOException {
    try {
      Matcher known = STARTED.matcher(Files.readString(started()));
      if (known.matches()) {
        ProcessStart.kill(Long.parseLong(known.group(1)), known.group(2));
      }
    } catch (NoSuchFileException _) {
      // nothing was launched
    }
  }

  /// Kills it and all that its parent knows of it; and what the parent has left, if it was killed
  /// itself or does not come to its end: that has the folder in its environment.
  public void killAll() throws IOException, InterruptedException {
    try {
      killStarted();
      // Only the parent knows the process's session.
      long end = System.nanoTime() + UNTIL_ENDED.toNanos();
      while (hasParent() && System.nanoTime() < end) {
        Thread.sleep(BETWEEN_LOOKS);
      }
    } finally {
      killRemains();
    }
  }

  private void killRemains() {
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
}
