package dev.groundhog.pouch.internal.image;

/// A part of what removing an image has done.
public sealed interface Removal {
  /// A name that means no image any more.
  record Untagged(String name) implements Removal {}

  /// An image or a layer that is gone.
  ///
  /// @param digest of its config, or of the layer and all below it
  record Deleted(String digest) implements Removal {}
}
