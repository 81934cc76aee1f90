package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// When a process was started: tells it from a later one that has its pid, also after a reboot.
public final class ProcessStart {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int STATE = 0;

  /// Field 22 of the file, counted from the one behind the name.
  private static final int START = 19;

  private ProcessStart() {}

  /// The start of a process that runs; empty if there is none, or if it only waits to be asked how
  /// it ended.
  public static String of(long pid) {
    try {
      return pid <= 0 ? "" : parse(text(Path.of("/proc", Long.toString(pid), "stat")));
    } catch (IOException _) {
      return ""; // it is gone
    }
  }

  /// Whether the process that had this start runs still.
  public static boolean isAlive(long pid, String start) {
    return !start.isEmpty() && start.equals(of(pid));
  }

  /// Each byte a character: a process may give itself a name that is no UTF-8.
  private static String text(Path stat) throws IOException {
    return Files.readString(stat, StandardCharsets.ISO_8859_1);
  }

  /// @param stat of `/proc/PID/stat`; the name in it may hold anything
  private static String parse(String stat) throws IOException {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= START || fields[STATE].equals("Z") || fields[STATE].equals("X")) {
      return "";
    }
    return fields[START] + "@" + boot();
  }

  /// A name that each boot of this machine has for itself.
  static String boot() throws IOException {
    return Files.readString(BOOT).strip();
  }

  /// Kills the process that had this start, if it runs still.
  public static void kill(long pid, String start) {
    if (isAlive(pid, start)) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /// The pid of the process whose own `/proc/self/stat` was saved there, behind the boot's name;
  /// empty unless it runs.
  static OptionalLong alive(Path saved) throws IOException {
    String text;
    try {
      text = text(saved).strip();
    } catch (java.nio.file.NoSuchFileException _) {
      return OptionalLong.empty();
    }
    int boot = text.indexOf(' ');
    int pid = text.indexOf(' ', boot + 1);
    if (boot < 0 || pid < 0 || !text.substring(0, boot).equals(boot())) {
      return OptionalLong.empty();
    }
    try {
      long known = Long.parseLong(text.substring(boot + 1, pid));
      return isAlive(known, parse(text)) ? OptionalLong.of(known) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      throw new IOException("no pid in " + saved, e);
    }
  }
}
