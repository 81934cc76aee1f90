package dev.groundhog.target.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Why something was refused: the first line of an answer, which may be a stranger's.
final class FirstLine {
  private static final int MAX_BYTES = 1 << 12;

  private FirstLine() {}

  static String of(InputStream body) throws IOException {
    String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("it does not say why");
  }
}
