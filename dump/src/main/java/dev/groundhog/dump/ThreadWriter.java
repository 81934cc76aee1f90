package dev.groundhog.dump;

import java.io.IOException;

/// Writes threads that come one by one, to be streamed. Not thread-safe.
public interface ThreadWriter {
  /// Writes one more.
  void write(DumpThread thread) throws IOException;
}
