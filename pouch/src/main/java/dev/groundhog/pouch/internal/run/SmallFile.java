package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Small files of this machine, read to a bound.
final class SmallFile {
  private static final int MOST_BYTES = 1 << 20;

  private SmallFile() {}

  /// Its first megabyte; none if it is not there.
  static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES);
    } catch (NoSuchFileException _) {
      return new byte[0];
    }
  }

  static String text(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }
}
