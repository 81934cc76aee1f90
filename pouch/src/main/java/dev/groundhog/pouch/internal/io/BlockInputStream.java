package dev.groundhog.pouch.internal.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A filter that only changes how blocks are read: a single byte is a block of one.
public abstract class BlockInputStream extends FilterInputStream {
  protected BlockInputStream(InputStream in) {
    super(in);
  }

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] bytes, int offset, int length) throws IOException;
}
