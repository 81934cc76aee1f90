package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.Content;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes of JSON, one after the other, counted, and given back where the JSON ends.
final class JsonBytes {
  private static final int MAX_BUFFER = 1 << 16;

  private final Content input;

  /// Grows at the second reading: most of what stands between two formats is small.
  private byte[] buffer = new byte[1 << 12];

  private int position;
  private int limit;
  private long bufferStart;
  private long linesBefore;

  /// What was read though it is no JSON; then there is no more.
  private byte[] behindEnd = {};

  JsonBytes(Content input) {
    this.input = input;
    this.bufferStart = input.offset();
  }

  /// The next byte, -1 at the end.
  int peek() throws DumpException {
    return behindEnd.length == 0 && (position < limit || more()) ? buffer[position] & 0xff : -1;
  }

  /// Takes the byte that [#peek] gave.
  void take() {
    position++;
  }

  /// The offset of the next byte.
  long offset() {
    return bufferStart + position;
  }

  /// How many ends of line were taken.
  long lines() {
    return linesBefore + lines(position);
  }

  /// Whether an end of line was taken last; false also where that is not known any more.
  boolean isAtLineStart() {
    return position > 0 && buffer[position - 1] == '\n';
  }

  /// Whether the byte behind the next one and blanks is `wanted`, as far as they are in the buffer.
  boolean isBefore(int wanted) {
    int next = position + 1;
    while (next < limit && isBlank(buffer[next])) {
      next++;
    }
    return next < limit && buffer[next] == wanted;
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /// The next bytes, `length` or up to the end, without taking them.
  byte[] head(int length) throws DumpException {
    while (limit - position < length && more()) {}
    return Arrays.copyOfRange(buffer, position, Math.min(limit, position + length));
  }

  /// The JSON has ended before the latest bytes that were taken.
  ///
  /// @param bytes they, of ASCII
  void endBefore(String bytes) {
    behindEnd = bytes.getBytes(StandardCharsets.US_ASCII);
  }

  /// Gives back all that was not taken, and what the JSON had ended before; nothing can be read
  /// here then.
  void giveBack() {
    linesBefore = lines();
    bufferStart += position;
    input.unread(buffer, position, limit);
    input.unread(behindEnd, 0, behindEnd.length);
    buffer = new byte[0];
    position = 0;
    limit = 0;
  }

  /// Reads more behind what is there; false at the end of the input.
  private boolean more() throws DumpException {
    linesBefore += lines(position);
    bufferStart += position;
    byte[] room = limit > 0 && buffer.length < MAX_BUFFER ? new byte[MAX_BUFFER] : buffer;
    limit -= position;
    System.arraycopy(buffer, position, room, 0, limit);
    buffer = room;
    position = 0;
    try {
      int read = input.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, read);
      return read > 0;
    } catch (EOFException e) {
      return false;
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the input failed at byte " + offset() + ": " + e.getMessage(), e);
    }
  }

  private long lines(int end) {
    long lines = 0;
    for (int i = 0; i < end; i++) {
      lines += buffer[i] == '\n' ? 1 : 0;
    }
    return lines;
  }
}
