package dev.groundhog.pouch.internal.io;

import java.nio.charset.StandardCharsets;

/// Names of files as Linux has them: bytes, each a character (ISO 8859-1), whatever they mean.
public final class ByteNames {
  private static final int MOST_SHOWN = 200;

  private ByteNames() {}

  /// For people, with nothing that a terminal would obey, and not longer than a line or two.
  public static String shown(String bytes) {
    String text =
        text(bytes.length() > MOST_SHOWN ? bytes.substring(0, MOST_SHOWN) + "..." : bytes);
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /// The bytes of a name as text.
  public static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// Text as the bytes of a name.
  public static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
