package dev.groundhog.pouch.internal.image;

/// A container's claim on an image: until it is closed, the image's layers stay.
public interface Hold extends AutoCloseable {
  /// As it was when this began.
  Image image();

  /// What only this has held is deleted. More than once does no harm.
  @Override
  void close();
}
