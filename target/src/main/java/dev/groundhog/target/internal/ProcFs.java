package dev.groundhog.target.internal;

import dev.groundhog.target.ProcessSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What Linux tells of processes under `/proc`. Everything may vanish between two reads, and may be
/// text of strangers: nothing here throws because of it.
public final class ProcFs {
  private static final Path PROC = Path.of("/proc");
  private static final int MAX_COMMAND = 4_096;
  private static final int MAX_MAPS_LINES = 100_000;

  /// Go's linker writes this before the build information, at the start of the first data pages.
  private static final byte[] GO_MAGIC =
      new byte[] {(byte) 0xff, ' ', 'G', 'o', ' ', 'b', 'u', 'i', 'l', 'd', 'i', 'n', 'f', ':'};

  private static final long MAX_SEARCHED = 64L << 20;
  private static final Pattern GO_VERSION =
      Pattern.compile("go(1\\.\\d+(?:\\.\\d+|rc\\d+|beta\\d+)?)");

  private ProcFs() {}

  public static List<ProcessSummary> list() {
    List<ProcessSummary> found = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (pid != self) {
          summary(pid).ifPresent(found::add);
        }
      }
    } catch (IOException | NumberFormatException _) {
      // what was found so far is what can be seen
    }
    found.sort(Comparator.comparingLong(ProcessSummary::pid));
    return List.copyOf(found);
  }

  /// Whether HotSpot's library is mapped into the process.
  public static boolean isJvm(long pid) {
    return mappedJvm(pid).isPresent();
  }

  public static boolean exists(long pid) {
    return Files.isDirectory(PROC.resolve(Long.toString(pid)));
  }

  /// The last of the `NSpid` numbers: the PID as the process itself knows it.
  public static long innerPid(long pid) {
    return status(pid, "NSpid")
        .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
        .filter(number -> number.matches("\\d{1,10}"))
        .map(Long::parseLong)
        .orElse(pid);
  }

  /// The effective user id of the process, or -1.
  public static long uid(long pid) {
    return status(pid, "Uid")
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 1)
        .map(fields -> Long.parseLong(fields[1]))
        .orElse(-1L);
  }

  /// Whether the process sees the same PIDs and files as we do.
  public static boolean sharesNamespaces(long pid) {
    return sameLink(pid, "ns/pid") && sameLink(pid, "ns/mnt");
  }

  private static boolean sameLink(long pid, String name) {
    try {
      return Files.readSymbolicLink(PROC.resolve(pid + "/" + name))
          .equals(Files.readSymbolicLink(PROC.resolve("self/" + name)));
    } catch (IOException _) {
      return false;
    }
  }

  private static Optional<ProcessSummary> summary(long pid) {
    return runtime(pid)
        .map(runtime ->
            new ProcessSummary(
                pid,
                number(status(pid, "PPid")),
                runtime,
                number(status(pid, "Threads")),
                command(pid)));
  }

  private static Optional<String> runtime(long pid) {
    Optional<Path> jvm = mappedJvm(pid);
    if (jvm.isPresent()) {
      return Optional.of(("JVM " + jvmVersion(pid, jvm.get())).strip());
    }
    return goVersion(PROC.resolve(pid + "/exe"));
  }

  private static Optional<Path> mappedJvm(long pid) {
    try (BufferedReader maps =
        Files.newBufferedReader(PROC.resolve(pid + "/maps"), StandardCharsets.ISO_8859_1)) {
      String line = maps.readLine();
      for (int n = 0; line != null && n < MAX_MAPS_LINES; n++, line = maps.readLine()) {
        int slash = line.indexOf('/');
        if (slash > 0 && line.endsWith("/libjvm.so")) {
          return Optional.of(Path.of(line.substring(slash)));
        }
      }
    } catch (IOException | java.nio.file.InvalidPathException _) {
      // gone, or not ours to look into
    }
    return Optional.empty();
  }

  /// The version in the `release` file of the JDK, found through the process's own root.
  private static String jvmVersion(long pid, Path libjvm) {
    Path root = PROC.resolve(pid + "/root");
    Path folder = libjvm.getParent();
    for (int up = 0; up < 4 && folder != null; up++, folder = folder.getParent()) {
      Path release = root.resolve(folder.toString().substring(1)).resolve("release");
      try (BufferedReader lines = Files.newBufferedReader(release, StandardCharsets.ISO_8859_1)) {
        String line = lines.readLine();
        for (int n = 0; line != null && n < 100; n++, line = lines.readLine()) {
          if (line.startsWith("JAVA_VERSION=")) {
            return line.substring("JAVA_VERSION=".length()).replace("\"", "");
          }
        }
      } catch (IOException _) {
        // not there: one folder up
      }
    }
    return "";
  }

  /// `Go 1.27.2` if the executable carries Go's build information.
  static Optional<String> goVersion(Path executable) {
    try (RandomAccessFile file = new RandomAccessFile(executable.toFile(), "r")) {
      byte[] magic = new byte[4];
      if (file.read(magic) != 4 || magic[0] != 0x7f || magic[1] != 'E') {
        return Optional.empty();
      }
      byte[] block = new byte[(1 << 16) + 64];
      for (long at = 0; at < Math.min(file.length(), MAX_SEARCHED); at += 1 << 16) {
        file.seek(at);
        int length = file.read(block);
        int index = indexOf(block, length, GO_MAGIC);
        if (index >= 0) {
          String after =
              new String(block, index, Math.min(length - index, 64), StandardCharsets.ISO_8859_1);
          Matcher version = GO_VERSION.matcher(after);
          return Optional.of(version.find() ? "Go " + version.group(1) : "Go");
        }
      }
    } catch (IOException | SecurityException _) {
      // gone, or not ours to look into
    }
    return Optional.empty();
  }

  private static int indexOf(byte[] block, int length, byte[] wanted) {
    for (int i = 0; i + wanted.length <= length; i++) {
      if (block[i] == wanted[0]
          && java.util.Arrays.equals(block, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  private static Optional<String> status(long pid, String field) {
    try {
      return Files.readAllLines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(field + ":"))
          .map(line -> line.substring(field.length() + 1))
          .findFirst();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static long number(Optional<String> text) {
    return text.map(String::strip)
        .filter(t -> t.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(-1L);
  }

  private static String command(long pid) {
    try (java.io.InputStream file = Files.newInputStream(PROC.resolve(pid + "/cmdline"))) {
      return new String(file.readNBytes(MAX_COMMAND), StandardCharsets.UTF_8)
          .replace('\0', ' ')
          .strip();
    } catch (IOException _) {
      return "";
    }
  }
}
