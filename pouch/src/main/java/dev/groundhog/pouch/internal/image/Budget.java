package dev.groundhog.pouch.internal.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/// What one archive has asked for so far. For one thread.
final class Budget {
  private final Limits limits;
  private long archiveBytes;
  private long unpackedBytes;
  private int entries;

  Budget(Limits limits) {
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  /// One more member of a tar, or a header before one.
  void takeEntry() throws IOException {
    if (++entries > limits.entries()) {
      throw new ArchiveException("the archive has more than " + limits.entries() + " entries");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("nobody waits for the image any more");
    }
  }

  private void takeArchive(long bytes) throws ArchiveException {
    archiveBytes += bytes;
    if (archiveBytes > limits.archiveBytes()) {
      throw new ArchiveException(
          "the archive has more than " + limits.archiveBytes() + " bytes, uncompressed");
    }
  }

  private void takeUnpacked(long bytes) throws ArchiveException {
    unpackedBytes += bytes;
    if (unpackedBytes > limits.unpackedBytes()) {
      throw new ArchiveException(
          "the layers have more than " + limits.unpackedBytes() + " bytes, uncompressed");
    }
  }

  /// Counts what is read of the archive.
  InputStream archive(InputStream in) {
    return new Counted(in, this::takeArchive);
  }

  /// Counts what is read of a layer.
  InputStream layer(InputStream in) {
    return new Counted(in, this::takeUnpacked);
  }

  private interface Taking {
    void take(long bytes) throws ArchiveException;
  }

  private static final class Counted extends FilterInputStream {
    private final Taking taking;

    Counted(InputStream in, Taking taking) {
      super(in);
      this.taking = taking;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        taking.take(1);
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        taking.take(count);
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      taking.take(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
