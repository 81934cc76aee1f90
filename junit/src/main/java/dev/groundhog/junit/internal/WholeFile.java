package dev.groundhog.junit.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Files that are written as a whole: at every moment one is what it was before, or after.
final class WholeFile {
  private WholeFile() {}

  /// Makes the folders that it stands in too.
  static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder == null ? Path.of("") : folder);
    Path next = file.resolveSibling("groundhog-" + ProcessHandle.current().pid() + ".tmp");
    try {
      Files.writeString(next, text, UTF_8);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
