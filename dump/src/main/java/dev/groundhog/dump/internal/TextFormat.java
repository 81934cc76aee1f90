package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;

/// A dump format made of lines.
public interface TextFormat {
  /// Whether a dump of this format starts at the next line of `lines`; only peeks.
  boolean startsAt(Lines lines) throws DumpException;

  /// Reads one dump that starts at the next line: calls `begin`, threads, warnings, `end`. Stops
  /// before the first line that belongs to something else, and always takes at least one line.
  void read(Lines lines, DumpSink sink) throws DumpException;
}
