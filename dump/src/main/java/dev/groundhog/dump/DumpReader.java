package dev.groundhog.dump;

import dev.groundhog.dump.internal.Formats;
import java.io.InputStream;
import java.util.List;

/// Reads any dump: looks at the content, picks the format, streams threads into a sink.
public final class DumpReader {
  private DumpReader() {}

  /// Reads `input` to its end, and does not close it.
  ///
  /// @throws DumpException if nothing in it is a dump, or the stream fails; what was read before a
  ///   failure has already reached the sink
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    Formats.read(input, sink);
  }

  /// The dumps in `input`, in order; at least one.
  public static List<Dump> readAll(InputStream input) throws DumpException {
    Dump.Collector collector = new Dump.Collector();
    read(input, collector);
    return collector.dumps();
  }
}
