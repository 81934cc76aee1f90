package dev.groundhog.pouch.internal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Files that are there as a whole or not at all, whenever this process ends. They are not forced
/// to the disk.
public final class WholeFile {
  private WholeFile() {}

  /// Writes it beside, with `.new` behind its name, and renames it.
  public static void write(Path file, byte[] bytes) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.write(beside, bytes);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
