package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What this machine says of itself.
final class Machine {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Pattern TOTAL = Pattern.compile("MemTotal: +([0-9]{1,15}) kB");

  /// As os-release(5) has them, the first that is there.
  private static final List<Path> RELEASES =
      List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));

  private static final Pattern NAME = Pattern.compile("PRETTY_NAME=([\"']?)(.{1,200})\\1");

  private Machine() {}

  /// All the memory that it has; 0 if it does not say.
  static long memoryBytes() throws IOException {
    return first(MEMORY, TOTAL).map(total -> Long.parseLong(total.group(1)) << 10).orElse(0L);
  }

  /// For people; the kernel's name if it does not say.
  static String operatingSystem() throws IOException {
    for (Path release : RELEASES) {
      if (Files.isReadable(release)) {
        return first(release, NAME).map(name -> name.group(2)).orElse(kernel());
      }
    }
    return kernel();
  }

  private static String kernel() {
    return System.getProperty("os.name");
  }

  private static Optional<Matcher> first(Path file, Pattern line) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(line::matcher).filter(Matcher::matches).findFirst();
    }
  }
}
