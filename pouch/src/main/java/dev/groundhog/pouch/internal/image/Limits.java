package dev.groundhog.pouch.internal.image;

/// How much an archive may ask for, all of its layers together. What counts is the sum, not how
/// well something is compressed: a real layer may be all zeros.
///
/// @param archiveBytes of the archive itself, uncompressed
/// @param unpackedBytes of its layers, uncompressed
/// @param entries members of all tars in it, with the headers that come before them
/// @param nameBytes of one path or link
/// @param depth folders of one path
/// @param headerBytes of the extended headers of one member, and of all global ones
/// @param metadataBytes of one JSON document
/// @param layers of one image: as many as fit into one page of mount options
/// @param images in one archive
/// @param names of one image in an archive
/// @param loads that go on at the same time; who comes later waits
public record Limits(
    long archiveBytes,
    long unpackedBytes,
    int entries,
    int nameBytes,
    int depth,
    int headerBytes,
    int metadataBytes,
    int layers,
    int images,
    int names,
    int loads) {

  /// For images as people have them: the largest that are common have some 20 GB.
  public static Limits defaults() {
    return new Limits(
        64L << 30, 64L << 30, 2_000_000, 4_095, 256, 1 << 20, 4 << 20, 128, 64, 128, 4);
  }

  public Limits {
    if (Math.min(archiveBytes, unpackedBytes) <= 0
        || Math.min(Math.min(entries, nameBytes), Math.min(depth, headerBytes)) <= 0
        || Math.min(Math.min(metadataBytes, layers), Math.min(images, names)) <= 0
        || loads <= 0) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }
}
