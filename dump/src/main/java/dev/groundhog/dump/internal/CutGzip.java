package dev.groundhog.dump.internal;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Unpacks gzip, and ends where the data is cut, damaged or grows beyond all measure instead of
/// failing, so that what came before is read like any cut dump. [#loss] then says why it ended.
final class CutGzip extends GZIPInputStream {
  /// So much may come out whatever went in.
  static final long FREE_BYTES = 64 << 20;

  /// Beyond that, so many times what went in. A dump of a million equal threads packs to a
  /// hundredth; deflate packs to a thousandth at most, twice packed to a millionth.
  static final long MOST_TIMES = 300;

  private final Packed packed;
  private long unpacked;
  private String loss = "";

  /// The packed bytes, counted.
  static final class Packed extends FilterInputStream {
    private final Packed outermost;
    private long count;

    /// @param outer what the input itself is unpacked from, if it is
    Packed(InputStream input, Optional<CutGzip> outer) {
      super(input);
      this.outermost = outer.map(gzip -> gzip.packed.outermost).orElse(this);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      count += Math.max(0, read);
      return read;
    }

    /// Another part may follow even if nothing of it is there yet, as in a pipe: look for it.
    @Override
    public int available() {
      return 1;
    }
  }

  CutGzip(Packed input, int bufferBytes) throws IOException {
    super(input, bufferBytes);
    this.packed = input;
  }

  /// Why not all was unpacked; empty if it was, as far as it has been read.
  String loss() {
    return loss;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (!loss.isEmpty()) {
      return -1;
    }
    long before = inf.getBytesWritten();
    try {
      int read = super.read(into, offset, length);
      unpacked += Math.max(0, read);
      if (unpacked > FREE_BYTES && unpacked / MOST_TIMES > packed.outermost.count) {
        loss = "grows to more than " + MOST_TIMES + " times its size and was left there";
        return -1;
      }
      return read;
    } catch (EOFException e) {
      loss = "is cut";
      return -1;
    } catch (ZipException e) {
      loss = "is damaged (" + e.getMessage() + ")";
      // What the inflater wrote before it came to the damage.
      long written = inf.getBytesWritten() - before;
      return written > 0 ? (int) written : -1;
    }
  }

  /// Nothing is known to be there: a buffer in front must not ask twice, or the end of a cut input
  /// costs it what it has read.
  @Override
  public int available() {
    return 0;
  }
}
