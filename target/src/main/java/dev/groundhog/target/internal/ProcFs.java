package dev.groundhog.target.internal;

import dev.groundhog.target.ProcessSummary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What Linux tells of processes under `/proc`. Everything may vanish between two reads, and may be
/// text of strangers.
public final class ProcFs {
  private static final Path ROOT = Path.of("/proc");
  private static final int MAX_STATUS_BYTES = 1 << 16;
  private static final int MAX_COMMAND_BYTES = 4_096;
  private static final int SIGQUIT = 3;

  private ProcFs() {}

  /// The part of `/proc/PID/status` that matters here.
  ///
  /// @param threads -1 if not told
  /// @param uid the effective user
  /// @param gid the effective group
  /// @param innerPid its PID as the process itself knows it
  /// @param catchesQuit whether SIGQUIT would be handled; where not, it kills
  record Status(long parent, long threads, int uid, int gid, long innerPid, boolean catchesQuit) {}

  /// JVMs and Go processes that we may look into, by PID, without this one.
  public static List<ProcessSummary> list() {
    long self = ProcessHandle.current().pid();
    return pids().stream()
        .filter(pid -> pid != self)
        .map(ProcFs::summary)
        .flatMap(Optional::stream)
        .toList();
  }

  /// Every process that there is now, in order.
  static List<Long> pids() {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(ROOT, "[0-9]*")) {
      for (Path folder : folders) {
        found.add(number(String.valueOf(folder.getFileName())));
      }
    } catch (IOException | DirectoryIteratorException _) {
      // what was found so far is what can be seen
    }
    Collections.sort(found);
    return List.copyOf(found);
  }

  static Path folder(long pid) {
    return ROOT.resolve(Long.toString(pid));
  }

  static boolean exists(long pid) {
    return Files.isDirectory(folder(pid));
  }

  static Status status(long pid) throws IOException {
    long parent = 0;
    long threads = -1;
    int uid = -1;
    int gid = -1;
    long innerPid = pid;
    boolean catchesQuit = false;
    for (String line : head(folder(pid).resolve("status"), MAX_STATUS_BYTES).lines().toList()) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String[] words = line.substring(colon + 1).strip().split("\\s+", -1);
      switch (line.substring(0, colon)) {
        case "PPid" -> parent = number(words[0]);
        case "Threads" -> threads = number(words[0]);
        case "Uid" -> uid = (int) number(words[1]);
        case "Gid" -> gid = (int) number(words[1]);
        case "NSpid" -> innerPid = number(words[words.length - 1]);
        case "SigCgt" ->
            catchesQuit = ((Long.parseUnsignedLong(words[0], 16) >>> (SIGQUIT - 1)) & 1) == 1;
        default -> {}
      }
    }
    return new Status(parent, threads, uid, gid, innerPid, catchesQuit);
  }

  /// Whether the process sees the same PIDs and files as we do.
  static boolean sharesNamespaces(long pid) throws IOException {
    return sharesNamespace(pid, "pid") && sharesNamespace(pid, "mnt");
  }

  /// @param kind as in namespaces(7), `net`
  static boolean sharesNamespace(long pid, String kind) throws IOException {
    return namespace(pid, kind).equals(namespace(ProcessHandle.current().pid(), kind));
  }

  /// The number of the namespace that the process is in, `4026531836` of `pid:[4026531836]`.
  static String namespace(long pid, String kind) throws IOException {
    String link = Files.readSymbolicLink(folder(pid).resolve("ns").resolve(kind)).toString();
    return link.substring(link.indexOf('[') + 1).replace("]", "");
  }

  /// Whether it is no more, or only its parent has not taken note of that yet.
  public static boolean hasEnded(long pid) {
    try {
      String stat = head(folder(pid).resolve("stat"), MAX_STATUS_BYTES);
      return stat.substring(stat.lastIndexOf(')') + 1).strip().matches("[ZX] .*");
    } catch (IOException _) {
      return !exists(pid);
    }
  }

  /// When it started, in ticks since the boot: with the PID, the name of a process. The command in
  /// parentheses may hold anything.
  static String started(long pid) throws IOException {
    String stat = head(folder(pid).resolve("stat"), MAX_STATUS_BYTES);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length < 20) {
      throw new IOException("no start in " + folder(pid).resolve("stat"));
    }
    return fields[19];
  }

  static String head(Path file, int maxBytes) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return new String(input.readNBytes(maxBytes), StandardCharsets.UTF_8);
    }
  }

  private static Optional<ProcessSummary> summary(long pid) {
    try {
      Optional<String> runtime = runtime(pid);
      if (runtime.isEmpty()) {
        return Optional.empty();
      }
      Status status = status(pid);
      List<String> command =
          List.of(head(folder(pid).resolve("cmdline"), MAX_COMMAND_BYTES).split("\0"));
      return Optional.of(
          new ProcessSummary(
              pid,
              status.parent(),
              runtime.get(),
              status.threads(),
              String.join(" ", command),
              JavaCommand.program(command),
              AgentAddress.find(pid).map(AgentAddress::text)));
    } catch (IOException _) {
      return Optional.empty(); // gone, or not ours to look into
    }
  }

  private static Optional<String> runtime(long pid) throws IOException {
    Optional<String> go = GoExecutable.version(folder(pid).resolve("exe"));
    if (go.isPresent()) {
      return Optional.of(("Go " + go.get()).strip());
    }
    return LibJvm.find(pid).map(library -> ("JVM " + LibJvm.version(pid, library)).strip());
  }

  private static long number(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new IOException("not a number: " + digits, e);
    }
  }
}
