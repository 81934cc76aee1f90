package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.log.LogStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Writes log lines as frames of Docker's streams, see [Frames]. They are gathered until [#flush],
/// after which there is no buffer either: very many who wait for the next line of a silent log have
/// none.
final class LogFrames implements Closeable {
  private static final int LEAST_BYTES = 512;
  private static final int MOST_BYTES = 1 << 15;
  private static final byte[] NONE = {};

  private final OutputStream out;
  private final boolean isRaw;
  private byte[] buffer = NONE;
  private int length;

  /// @param out sends at once what is written to it
  /// @param isRaw whether there is only one stream
  LogFrames(OutputStream out, boolean isRaw) {
    this.out = out;
    this.isRaw = isRaw;
  }

  void write(LogStream stream, byte[] payload) throws IOException {
    byte[] header = isRaw ? NONE : Frames.header(stream, payload.length);
    int frame = header.length + payload.length;
    if (length + frame > MOST_BYTES) {
      writeOut();
    }
    makeRoom(length + frame);
    System.arraycopy(header, 0, buffer, length, header.length);
    System.arraycopy(payload, 0, buffer, length + header.length, payload.length);
    length += frame;
  }

  /// The buffer has [#MOST_BYTES] at most, or holds one frame alone.
  private void makeRoom(int bytes) {
    if (bytes > buffer.length) {
      int grown = Math.clamp(2L * buffer.length, LEAST_BYTES, MOST_BYTES);
      buffer = Arrays.copyOf(buffer, Math.max(bytes, grown));
    }
  }

  private void writeOut() throws IOException {
    out.write(buffer, 0, length);
    length = 0;
  }

  /// Sends what was gathered.
  void flush() throws IOException {
    writeOut();
    buffer = NONE;
  }

  @Override
  public void close() throws IOException {
    try (out) {
      writeOut();
    }
  }
}
