package dev.groundhog.pouch.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Folders with all that is in them.
final class Trees {
  private Trees() {}

  static void delete(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        paths.forEach(all::add);
      }
    }
    for (Path path : all.reversed()) {
      Files.deleteIfExists(path);
    }
  }
}
