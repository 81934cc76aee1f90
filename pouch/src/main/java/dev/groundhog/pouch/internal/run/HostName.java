package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The name of this machine.
public final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /// As the kernel has it: no name server is asked.
  public static String get() {
    try {
      return Files.readString(KERNEL).strip();
    } catch (IOException _) {
      return "localhost";
    }
  }
}
