package dev.groundhog.pouch.internal.image;

/// A container, as far as its image cares.
public interface Holder {
  String containerId();

  /// The image of one that runs can't be removed by force either.
  boolean isRunning();
}
