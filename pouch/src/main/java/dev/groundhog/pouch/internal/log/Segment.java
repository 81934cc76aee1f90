package dev.groundhog.pouch.internal.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One file of a log, by whatever name it has now. All but `bytes`, `next` and `lost` belong to the
/// lock of [Segments].
final class Segment {
  /// The later, the higher.
  final long number;

  Path path;

  /// How many cursors are in it.
  int readers;

  /// No part of the log any more, kept only for who is still reading.
  boolean expired;

  /// How much may be read: whole lines. Doesn't change any more once there is a next one.
  volatile long bytes;

  volatile @Nullable Segment next;

  /// The file is deleted.
  volatile boolean lost;

  Segment(long number, Path path, long bytes) {
    this.number = number;
    this.path = path;
    this.bytes = bytes;
  }
}
