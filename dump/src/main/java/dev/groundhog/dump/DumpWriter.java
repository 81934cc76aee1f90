package dev.groundhog.dump;

import dev.groundhog.dump.internal.go.GoTextWriter;
import java.io.IOException;

/// Writes a dump of any runtime in a format that other tools read.
public final class DumpWriter {
  private DumpWriter() {}

  /// Go's text of every thread, as `debug=2` of net/http/pprof. Aggregated rows are written once:
  /// the format has no place for their count.
  public static void goDebug2(Dump dump, Appendable out) throws IOException {
    GoTextWriter.debug2(dump, out);
  }

  /// Go's aggregated text, as `debug=1`: equal stacks with equal labels once, largest first.
  /// Addresses are written as 0x0, since a dump has none.
  public static void goDebug1(Dump dump, Appendable out) throws IOException {
    GoTextWriter.debug1(dump, out);
  }
}
