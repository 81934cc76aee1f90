package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.log.LogEntry;
import dev.groundhog.pouch.internal.log.LogStream;
import dev.groundhog.pouch.internal.log.OutputCursor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// How several streams go over one connection: as Docker's frames, or as they are where there is a
/// terminal and so only one. For one thread.
final class Frames {
  private static final int HEADER_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 15;

  private final OutputStream out;
  private final boolean isRaw;

  /// @param isRaw whether there is only one stream
  Frames(OutputStream out, boolean isRaw) {
    this.out = out;
    this.isRaw = isRaw;
  }

  /// The beginning of a frame.
  static byte[] header(LogStream stream, int bytes) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put((byte) (stream == LogStream.STDOUT ? 1 : 2))
        .putInt(4, bytes)
        .array();
  }

  void write(LogEntry entry) throws IOException {
    write(entry.stream(), entry.log());
  }

  private void write(LogStream stream, byte[] bytes) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + bytes.length);
    if (!isRaw) {
      frame.put(header(stream, bytes.length));
    }
    frame.put(bytes);
    out.write(frame.array(), 0, frame.position());
  }

  /// Says something to the client that no process has printed.
  void say(LogStream stream, String line) throws IOException {
    write(stream, (line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Writes what comes, each piece at once, up to the end.
  void copy(OutputCursor output) throws IOException, InterruptedException {
    byte[] frame = new byte[HEADER_BYTES + BUFFER_BYTES];
    ByteBuffer content = ByteBuffer.wrap(frame, HEADER_BYTES, BUFFER_BYTES);
    Optional<LogStream> next = output.read(content);
    while (next.isPresent()) {
      int bytes = content.position() - HEADER_BYTES;
      int from = HEADER_BYTES;
      if (!isRaw) {
        System.arraycopy(header(next.get(), bytes), 0, frame, 0, HEADER_BYTES);
        from = 0;
      }
      out.write(frame, from, content.position() - from);
      content.position(HEADER_BYTES);
      next = output.read(content);
    }
  }
}
