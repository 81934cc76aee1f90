package dev.groundhog.context;

/// Something that waits for a cancellation, and can be taken back.
@FunctionalInterface
public interface Registration extends AutoCloseable {
  /// What a context that is never cancelled gives.
  Registration NONE = () -> false;

  /// Takes it back.
  ///
  /// @return whether that came in time; if not, it has begun or was taken back before
  boolean stop();

  @Override
  default void close() {
    stop();
  }
}
