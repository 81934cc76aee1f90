package dev.groundhog.target.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// HotSpot's library in the memory of a process: the proof that it is a JVM, and which.
public final class LibJvm {
  /// `vm.max_map_count` is 65,530 by default; beyond this many lines we stop looking.
  private static final int MAX_MAPPINGS = 1 << 20;

  private static final int MAX_RELEASE_BYTES = 1 << 16;

  /// From `jre/lib/amd64/server/libjvm.so` (8) up to the JDK's folder.
  private static final int MAX_PARENTS = 5;

  private LibJvm() {}

  /// The library's path as the process sees it; empty if it has none.
  ///
  /// @throws IOException if the process is gone or not ours to read
  public static Optional<String> find(long pid) throws IOException {
    try (BufferedReader maps =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(ProcFs.folder(pid).resolve("maps")),
                StandardCharsets.ISO_8859_1))) {
      for (int count = 0; count < MAX_MAPPINGS; count++) {
        String line = maps.readLine();
        if (line == null) {
          return Optional.empty();
        }
        int path = line.indexOf('/');
        String file = path < 0 ? "" : line.substring(path).replace(" (deleted)", "");
        if (file.endsWith("/libjvm.so")) {
          return Optional.of(file);
        }
      }
      return Optional.empty();
    }
  }

  /// `JAVA_VERSION` of the file `release` beside the library; empty if there is none.
  public static String version(long pid, String library) {
    Path root = ProcFs.folder(pid).resolve("root");
    Path folder = Path.of(library).getParent();
    for (int up = 0; up < MAX_PARENTS && folder != null; up++, folder = folder.getParent()) {
      Path release = root.resolve("." + folder).resolve("release");
      try {
        for (String line : ProcFs.head(release, MAX_RELEASE_BYTES).lines().toList()) {
          if (line.startsWith("JAVA_VERSION=")) {
            return line.substring("JAVA_VERSION=".length()).replace("\"", "");
          }
        }
      } catch (IOException notHere) {
        // One folder up, then.
      }
    }
    return "";
  }
}
