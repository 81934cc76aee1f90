package dev.groundhog.dump;

/// What sort of thread a row describes.
public enum ThreadKind {
  VIRTUAL,
  PLATFORM,
  GOROUTINE
}
