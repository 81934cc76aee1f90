package dev.groundhog.dump.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The bytes of an input, of which a reader may give back those that it did not use, so that
/// another one goes on there: a file can hold dumps of several formats.
public final class Content extends InputStream {
  private final InputStream input;

  /// What comes before the rest of `input`.
  private byte[] front = new byte[0];

  private int position;
  private int limit;
  private long taken;

  public Content(InputStream input) {
    this.input = input;
  }

  /// How many bytes were read and not given back.
  public long offset() {
    return taken;
  }

  /// The next bytes, `length` or up to the end of the input, without taking them.
  byte[] head(int length) throws IOException {
    if (limit - position < length) {
      byte[] longer = Arrays.copyOf(Arrays.copyOfRange(front, position, limit), length);
      int had = limit - position;
      limit = had + input.readNBytes(longer, had, length - had);
      front = longer;
      position = 0;
    }
    return Arrays.copyOfRange(front, position, Math.min(limit, position + length));
  }

  /// Takes back the bytes from `from` to `to`, the latest that were read; `bytes` is no longer the
  /// caller's.
  public void unread(byte[] bytes, int from, int to) {
    taken -= to - from;
    if (position == limit) {
      front = bytes;
    } else {
      int behind = limit - position;
      byte[] both = Arrays.copyOfRange(bytes, from, to + behind);
      System.arraycopy(front, position, both, to - from, behind);
      front = both;
      position = 0;
      limit = both.length;
      return;
    }
    position = from;
    limit = to;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read;
    if (position < limit && length > 0) {
      read = Math.min(length, limit - position);
      System.arraycopy(front, position, into, offset, read);
      position += read;
    } else {
      read = input.read(into, offset, length);
    }
    taken += Math.max(0, read);
    return read;
  }
}
