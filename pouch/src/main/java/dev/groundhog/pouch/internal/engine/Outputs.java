package dev.groundhog.pouch.internal.engine;

import java.io.Closeable;
import java.io.IOException;

/// What is done with what containers print.
public interface Outputs extends Closeable {
  /// A container is there, new or found again.
  void open(Container container) throws IOException;

  /// It runs.
  void started(Container container) throws IOException;

  /// It has ended: returns when all that it printed is kept.
  void ended(Container container) throws IOException;

  /// It is gone, and what it printed with it.
  void remove(Container container) throws IOException;
}
