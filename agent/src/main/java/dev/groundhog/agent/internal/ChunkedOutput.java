package dev.groundhog.agent.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The chunked transfer coding (RFC 9112, 7.1).
final class ChunkedOutput extends OutputStream {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final OutputStream out;
  private final byte[] chunk;
  private int length;

  ChunkedOutput(OutputStream out, int chunkBytes) {
    this.out = out;
    this.chunk = new byte[chunkBytes];
  }

  @Override
  public void write(int b) throws IOException {
    if (length == chunk.length) {
      sendChunk();
    }
    chunk[length++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int from = offset;
    int left = count;
    while (left > 0) {
      if (length == chunk.length) {
        sendChunk();
      }
      int piece = Math.min(left, chunk.length - length);
      System.arraycopy(bytes, from, chunk, length, piece);
      length += piece;
      from += piece;
      left -= piece;
    }
  }

  /// Sends what is left, and the last chunk.
  void end() throws IOException {
    if (length > 0) {
      sendChunk();
    }
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private void sendChunk() throws IOException {
    out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(chunk, 0, length);
    out.write(LINE_END);
    length = 0;
  }
}
