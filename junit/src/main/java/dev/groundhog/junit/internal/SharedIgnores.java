package dev.groundhog.junit.internal;

import dev.groundhog.leak.LeakException;
import dev.groundhog.leak.Suppressions;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What all checks ignore that find these files on the class path: one file for many modules.
final class SharedIgnores {
  static final String FILE = "groundhog-leaks.suppressions";

  /// More files of this name are not read.
  private static final int MAX_FILES = 100;

  private static Optional<Suppressions> rules = Optional.empty();

  private SharedIgnores() {}

  /// Read with the first check that succeeds in it.
  ///
  /// @throws UncheckedIOException if a line is malformed, which the message names, or a file can't
  ///   be read
  static synchronized Suppressions rules() {
    Suppressions known = rules.orElseGet(() -> read(loader()));
    rules = Optional.of(known);
    return known;
  }

  /// That of the current thread, or where it has none, the system's.
  static ClassLoader loader() {
    return Optional.ofNullable(Thread.currentThread().getContextClassLoader())
        .orElseGet(ClassLoader::getSystemClassLoader);
  }

  static Suppressions read(ClassLoader loader) {
    try {
      Suppressions all = Suppressions.NONE;
      List<URL> files = Collections.list(loader.getResources(FILE));
      for (URL file : files.subList(0, Math.min(MAX_FILES, files.size()))) {
        try (Reader lines = new InputStreamReader(file.openStream(), StandardCharsets.UTF_8)) {
          all = all.and(Suppressions.read(lines, FILE));
        }
      }
      return all;
    } catch (LeakException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read: " + e.getMessage(), e);
    }
  }
}
