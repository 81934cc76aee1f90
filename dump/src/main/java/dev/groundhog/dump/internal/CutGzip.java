package dev.groundhog.dump.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/// Unpacks gzip, and ends where the input is cut instead of failing, so that what came before the
/// cut is read like any cut dump. Damage elsewhere fails as ever.
final class CutGzip extends GZIPInputStream {
  private boolean cut;

  CutGzip(InputStream input, int bufferBytes) throws IOException {
    super(input, bufferBytes);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (cut) {
      return -1;
    }
    try {
      return super.read(into, offset, length);
    } catch (EOFException e) {
      cut = true;
      return -1;
    }
  }

  /// Nothing is known to be there: a buffer in front must not ask twice, or the end of a cut input
  /// costs it what it has read.
  @Override
  public int available() {
    return 0;
  }
}
