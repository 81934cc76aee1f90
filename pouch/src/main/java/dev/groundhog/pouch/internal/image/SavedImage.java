package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.util.List;
import java.util.Optional;

/// An image in an archive, with what it is called there.
final class SavedImage {
  private final byte[] config;
  private final ImageDocument document;
  private final List<Layer> layers;
  private final List<ImageName> names;

  /// @param member of the archive
  /// @param digest of the member, if its name or a descriptor tells it
  record Layer(String member, Optional<String> digest) {}

  /// @throws ArchiveException if the config is none, or has another number of layers
  SavedImage(byte[] config, List<Layer> layers, List<ImageName> names, Limits limits)
      throws ArchiveException {
    this.config = config;
    this.document = ImageDocument.parse(config, limits);
    this.layers = List.copyOf(layers);
    this.names = List.copyOf(names);
    if (document.layers().size() != layers.size()) {
      throw new ArchiveException(
          "the image's config has "
              + document.layers().size()
              + " layers, its manifest "
              + layers.size());
    }
  }

  /// As it is in the archive, byte for byte.
  byte[] config() {
    return config;
  }

  ImageDocument document() {
    return document;
  }

  /// As many as the document says.
  List<Layer> layers() {
    return layers;
  }

  List<ImageName> names() {
    return names;
  }

  static ImageName name(String text) throws ArchiveException {
    return ImageName.parse(text)
        .orElseThrow(() ->
            new ArchiveException("no image's name: " + ByteNames.shown(ByteNames.bytes(text))));
  }
}
