package dev.groundhog.cli.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Files that are there whole or not at all: written beside their place and moved into it.
final class WholeFile {
  private WholeFile() {}

  /// In UTF-8. What is no regular file, such as `/dev/stdout` or a link, is written itself.
  static void write(Path file, String text) throws IOException {
    if (Files.isSymbolicLink(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
      Files.writeString(file, text);
      return;
    }
    Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(part, text);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
