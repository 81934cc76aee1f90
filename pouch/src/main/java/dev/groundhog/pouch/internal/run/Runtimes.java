package dev.groundhog.pouch.internal.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Chooses a runtime.
public final class Runtimes {
  private static final String PROCESS = "process";
  private static final String RUNC = "runc";

  private Runtimes() {}

  /// Opens the runtime of a daemon.
  ///
  /// @param wanted `runc`, `process`, or the path of a program that is called as runc is; empty for
  ///   runc as root, and else for plain processes
  /// @throws IOException if it cannot be had: nothing else takes its place
  public static ContainerRuntime open(Optional<String> wanted, Path dataRoot)
      throws IOException, InterruptedException {
    String name = wanted.orElse(isRoot() ? RUNC : PROCESS);
    if (name.equals(PROCESS)) {
      return new ProcessRuntime();
    }
    String program =
        name.equals(RUNC)
            ? onPath(RUNC)
                .orElseThrow(() ->
                    new IOException(
                        "runc is not on the path: install it, name another with --runtime PATH,"
                            + " or run containers as plain processes of root with --runtime"
                            + " process"))
            : name;
    if (!program.contains("/") || !Files.isExecutable(Path.of(program))) {
      throw new IOException(
          "no runtime is called " + name + ": runc, process, or the path of a program");
    }
    if (!isRoot()) {
      throw new IOException(
          "the runtime " + name + " needs root; --runtime process does not, and isolates nothing");
    }
    return RuncRuntime.open(Path.of(program).toAbsolutePath().toString(), dataRoot.resolve("runc"));
  }

  private static boolean isRoot() throws IOException {
    return Files.exists(Path.of("/proc/self"))
        && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static Optional<String> onPath(String program) {
    return Stream.of(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
