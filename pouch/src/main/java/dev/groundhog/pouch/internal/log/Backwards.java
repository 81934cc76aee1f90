package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Finds lines from the end of a file on, with bounded memory.
final class Backwards {
  private static final int LEAST_BYTES = 512;
  private static final int MOST_BYTES = 64 << 10;

  private Backwards() {}

  /// Where the line begins of which the bytes before `end` are the last: behind the last line end
  /// in `[0, end)`, or 0.
  static long lineStart(FileChannel file, long end) throws IOException {
    int bytes = LEAST_BYTES;
    long at = end;
    while (at > 0) {
      byte[] block = block(file, at, bytes);
      for (int i = block.length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return at - block.length + i + 1;
        }
      }
      at -= block.length;
      bytes = Math.min(2 * bytes, MOST_BYTES);
    }
    return 0;
  }

  /// What is left to count, and where the counting stopped.
  record Counted(long left, long position) {}

  /// Goes back `lines` whole lines from `end`, which is the end of one.
  static Counted back(FileChannel file, long end, long lines) throws IOException {
    long left = lines;
    long at = end;
    while (at > 0) {
      byte[] block = block(file, at, MOST_BYTES);
      for (int i = block.length - 1; i >= 0; i--) {
        long position = at - block.length + i + 1;
        if (block[i] == '\n' && position < end) {
          left--;
          if (left == 0) {
            return new Counted(0, position);
          }
        }
      }
      at -= block.length;
    }
    return new Counted(end == 0 ? left : left - 1, 0);
  }

  private static byte[] block(FileChannel file, long end, int most) throws IOException {
    byte[] block = new byte[(int) Math.min(most, end)];
    ByteBuffer buffer = ByteBuffer.wrap(block);
    long start = end - block.length;
    while (buffer.hasRemaining()) {
      if (file.read(buffer, start + buffer.position()) < 0) {
        throw new IOException("the log became shorter while it was read");
      }
    }
    return block;
  }
}
