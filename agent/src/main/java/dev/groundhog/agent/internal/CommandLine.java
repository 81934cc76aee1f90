package dev.groundhog.agent.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The program and its arguments.
public final class CommandLine {
  private static final Path CMDLINE = Path.of("/proc/self/cmdline");

  private CommandLine() {}

  /// As the kernel has it; of a system that does not tell, what the JDK knows.
  public static List<String> ofThisJvm() {
    try {
      String text = new String(Files.readAllBytes(CMDLINE), StandardCharsets.UTF_8);
      return List.of(
          (text.endsWith("\0") ? text.substring(0, text.length() - 1) : text).split("\0", -1));
    } catch (IOException e) {
      return List.of(ProcessHandle.current().info().commandLine().orElse(""));
    }
  }
}
