package dev.groundhog.pouch.internal.client;

import dev.groundhog.pouch.PouchException;
import dev.groundhog.pouch.PouchException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Takes Docker's multiplexed streams apart. A frame is a byte that names the stream, three zeros,
/// the payload's length in four bytes, and the payload.
public final class Demultiplexer {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int HEADER_BYTES = 8;
  private static final int LENGTH_AT = 4;
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int MAX_ERROR_BYTES = 4_000;

  private final InputStream in;
  private final OutputStream stdout;
  private final OutputStream stderr;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  public Demultiplexer(InputStream in, OutputStream stdout, OutputStream stderr) {
    this.in = in;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /// Copies until the end. What has come is flushed before more is waited for, and one stream
  /// before the other is written, so that their order is kept where both lead to the same place.
  ///
  /// @throws PouchException if the daemon breaks off, reports an error or sends no such frames
  public void copy() throws IOException {
    while (has(HEADER_BYTES)) {
      byte[] header = new byte[HEADER_BYTES];
      buffer.get(header);
      OutputStream out = stream(header);
      long left = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(LENGTH_AT));
      while (left > 0 && has(1)) {
        int length = (int) Math.min(left, buffer.remaining());
        out.write(buffer.array(), buffer.position(), length);
        buffer.position(buffer.position() + length);
        left -= length;
      }
      if (left > 0) {
        throw broken("ended within a frame");
      }
      if (header[0] == ERROR) {
        throw new PouchException(
            Code.REFUSED, "the daemon reports: " + error.toString(StandardCharsets.UTF_8).strip());
      }
    }
    if (buffer.hasRemaining()) {
      throw broken("ended within the head of a frame");
    }
    flush();
  }

  private OutputStream stream(byte[] header) throws IOException {
    if (header[1] != 0 || header[2] != 0 || header[3] != 0) {
      throw broken("is not made of frames: " + Arrays.toString(header));
    }
    return switch (header[0]) {
      case STDIN, STDOUT -> {
        stderr.flush();
        yield stdout;
      }
      case STDERR -> {
        stdout.flush();
        yield stderr;
      }
      case ERROR -> {
        flush();
        yield new FirstBytes(error, MAX_ERROR_BYTES);
      }
      default -> throw broken("names the stream " + header[0]);
    };
  }

  /// Whether that many bytes are there, waiting for them.
  private boolean has(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      flush();
      buffer.compact();
      int read = in.read(buffer.array(), buffer.position(), buffer.remaining());
      buffer.position(buffer.position() + Math.max(read, 0)).flip();
      if (read < 0) {
        return false;
      }
    }
    return true;
  }

  private void flush() throws IOException {
    stdout.flush();
    stderr.flush();
  }

  private static PouchException broken(String how) {
    return new PouchException(Code.BROKEN, "the daemon's stream " + how);
  }

  /// Keeps no more than so many bytes.
  private static final class FirstBytes extends OutputStream {
    private final ByteArrayOutputStream kept;
    private final int limit;

    FirstBytes(ByteArrayOutputStream kept, int limit) {
      this.kept = kept;
      this.limit = limit;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      kept.write(bytes, offset, Math.min(length, limit - kept.size()));
    }
  }
}
