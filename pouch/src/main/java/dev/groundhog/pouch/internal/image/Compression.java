package dev.groundhog.pouch.internal.image;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.groundhog.pouch.internal.io.BlockInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// How an archive is compressed, by its first bytes.
enum Compression {
  NONE(""),
  GZIP("\u001f\u008b"),
  ZSTD("(\u00b5/\u00fd"),
  XZ("\u00fd7zXZ\0"),
  BZIP2("BZh");

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LONGEST_MAGIC = 6;

  /// 128 MiB, as far as the tool `zstd` goes unasked.
  private static final int ZSTD_WINDOW_LOG = 27;

  /// Each character a byte.
  private final String magic;

  Compression(String magic) {
    this.magic = magic;
  }

  private static Compression of(byte[] bytes) {
    String start = new String(bytes, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(kind -> kind != NONE && start.startsWith(kind.magic))
        .findFirst()
        .orElse(NONE);
  }

  /// What is in a stream that may be compressed.
  ///
  /// @throws ArchiveException if it is compressed as is not read; the result throws it too, where
  ///   it is damaged
  static InputStream open(InputStream stream) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, BUFFER_BYTES);
    in.mark(LONGEST_MAGIC);
    byte[] start = in.readNBytes(LONGEST_MAGIC);
    in.reset();
    try {
      return switch (of(start)) {
        case NONE -> in;
        case GZIP -> new Damaged(new GZIPInputStream(in, BUFFER_BYTES), "gzip");
        case ZSTD ->
            new Damaged(
                new ZstdInputStreamNoFinalizer(in).setContinuous(false).setLongMax(ZSTD_WINDOW_LOG),
                "zstd");
        case XZ -> throw refused("xz");
        case BZIP2 -> throw refused("bzip2");
      };
    } catch (ZipException | EOFException e) {
      throw new ArchiveException("the archive is no whole gzip: " + e.getMessage(), e);
    }
  }

  private static ArchiveException refused(String name) {
    return new ArchiveException(
        "the archive is compressed with " + name + ", which is not read: use gzip or zstd");
  }

  /// Tells damage from a disk that fails.
  private static final class Damaged extends BlockInputStream {
    private final String name;

    Damaged(InputStream in, String name) {
      super(in);
      this.name = name;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (ZipException | EOFException | ZstdIOException e) {
        throw new ArchiveException("the " + name + " is damaged: " + e.getMessage(), e);
      }
    }

    @Override
    public long skip(long count) throws IOException {
      try {
        return super.skip(count);
      } catch (ZipException | EOFException | ZstdIOException e) {
        throw new ArchiveException("the " + name + " is damaged: " + e.getMessage(), e);
      }
    }
  }
}
