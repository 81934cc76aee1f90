package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.Posix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/// Unpacks the layers of one archive.
final class Unpacking implements AutoCloseable {
  private final Workspace workspace;
  private final Budget budget;
  private final Posix posix;

  /// A layer that is unpacked, verified, and forced to disk, and is not in the store yet.
  ///
  /// @param digest of its tar, uncompressed
  record Unpacked(String digest, long bytes, Path folder) {}

  private Unpacking(Workspace workspace, Budget budget, Posix posix) {
    this.workspace = workspace;
    this.budget = budget;
    this.posix = posix;
  }

  static Unpacking in(Workspace workspace, Budget budget) throws IOException {
    return new Unpacking(workspace, budget, Posix.open());
  }

  /// @param digest of the uncompressed tar, as it must be
  Unpacked unpack(ImageArchive archive, SavedImage.Layer layer, String digest) throws IOException {
    try (InputStream in = archive.open(layer.member());
        Digest.Stream packed = new Digest.Stream(in)) {
      Unpacked unpacked = unpack(Compression.open(packed), false, Optional.of(digest));
      String found = packed.finish();
      if (layer.digest().isPresent() && !layer.digest().get().equals(found)) {
        throw new ArchiveException("a blob is not what its name says: " + layer.digest().get());
      }
      return unpacked;
    }
  }

  /// A tar of which nobody told the digest. It must not be cut off.
  Unpacked unpack(InputStream in) throws IOException {
    return unpack(in, true, Optional.empty());
  }

  private Unpacked unpack(InputStream in, boolean needsEnd, Optional<String> wanted)
      throws IOException {
    Path folder = workspace.newLayer();
    try (Digest.Stream uncompressed = new Digest.Stream(budget.layer(in))) {
      TarReader tar = new TarReader(uncompressed, budget);
      long bytes = LayerFolder.unpack(tar, Layers.prepare(folder), posix, budget.limits());
      if (needsEnd && !tar.hasEndMark()) {
        throw new ArchiveException("the tar is cut off, or no tar at all: it has no end");
      }
      String digest = uncompressed.finish();
      if (wanted.isPresent() && !wanted.get().equals(digest)) {
        throw new ArchiveException(
            "a layer is not what the image's config says: " + digest + ", not " + wanted.get());
      }
      Layers.finish(folder, digest, bytes);
      sync(folder);
      return new Unpacked(digest, bytes, folder);
    }
  }

  private void sync(Path folder) throws IOException {
    int descriptor = posix.openFolder(folder);
    try {
      posix.sync(descriptor);
    } finally {
      posix.close(descriptor);
    }
  }

  @Override
  public void close() {
    posix.close();
  }
}
