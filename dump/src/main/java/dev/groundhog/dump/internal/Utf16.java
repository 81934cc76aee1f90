package dev.groundhog.dump.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/// UTF-16 text with a byte order mark, as UTF-8: what a Windows shell writes when it redirects.
final class Utf16 extends InputStream {
  private final Reader text;
  private final char[] characters = new char[8192];

  /// The first half of a pair that the last piece ended with; 0 if there is none.
  private char half;

  private byte[] bytes = new byte[0];
  private int position;

  Utf16(InputStream input) {
    this.text = new InputStreamReader(input, StandardCharsets.UTF_16);
  }

  static boolean startsAt(byte[] head) {
    return head.length > 1
        && ((head[0] == (byte) 0xff && head[1] == (byte) 0xfe)
            || (head[0] == (byte) 0xfe && head[1] == (byte) 0xff));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (position == bytes.length) {
      if (!fill()) {
        return -1;
      }
    }
    int read = Math.min(length, bytes.length - position);
    System.arraycopy(bytes, position, into, offset, read);
    position += read;
    return read;
  }

  private boolean fill() throws IOException {
    int start = 0;
    if (half != 0) {
      characters[0] = half;
      half = 0;
      start = 1;
    }
    int read = text.read(characters, start, characters.length - start);
    if (read < 0 && start == 0) {
      return false;
    }
    int end = start + Math.max(0, read);
    if (read >= 0 && Character.isHighSurrogate(characters[end - 1])) {
      half = characters[--end];
    }
    bytes = new String(characters, 0, end).getBytes(StandardCharsets.UTF_8);
    position = 0;
    return true;
  }
}
