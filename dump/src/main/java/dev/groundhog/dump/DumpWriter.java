package dev.groundhog.dump;

import dev.groundhog.dump.internal.go.FoldedWriter;
import dev.groundhog.dump.internal.go.GoDebug2Writer;
import dev.groundhog.dump.internal.go.GoProfileWriter;
import dev.groundhog.dump.internal.go.GoTextWriter;
import dev.groundhog.dump.internal.json.DumpJsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// Writes a dump of any runtime in a format that other tools read. Nothing is closed or flushed.
public final class DumpWriter {
  private DumpWriter() {}

  /// Go's text of every thread, as `debug=2` of net/http/pprof. Aggregated rows are written once:
  /// the format has no place for their count. Labels and synctest bubbles are left out, since
  /// readers of that text (gostackparse, goleak) fail on a header that has them.
  public static void goDebug2(Dump dump, Appendable out) throws IOException {
    ThreadWriter threads = goDebug2(out);
    for (int row = 0; row < dump.rows(); row++) {
      threads.write(dump.row(row));
    }
  }

  /// As [#goDebug2(Dump, Appendable)], for threads that come one by one.
  public static ThreadWriter goDebug2(Appendable out) {
    return GoDebug2Writer.withoutLabels(out);
  }

  /// As [#goDebug2(Appendable)], with labels, as Go 1.27 has them: for readers that take them.
  public static ThreadWriter goDebug2WithLabels(Appendable out) {
    return GoDebug2Writer.withLabels(out);
  }

  /// Go's aggregated text, as `debug=1`: equal stacks with equal labels once, largest first.
  /// Addresses are written as 0x0, since a dump has none.
  public static void goDebug1(Dump dump, Appendable out) throws IOException {
    goDebug1(StackCounts.of(dump), out);
  }

  /// As [#goDebug1(Dump, Appendable)], of threads that were only counted.
  public static void goDebug1(StackCounts counts, Appendable out) throws IOException {
    GoTextWriter.debug1(counts, out);
  }

  /// Everything that a dump says, as JSON with the schema `groundhog.dump/1`, described in
  /// `docs/dump-json.md`. It is read back without loss, and written as it comes.
  public static void json(Dump dump, Appendable out) throws IOException {
    DumpJsonWriter.write(dump, out);
  }

  /// pprof's protocol buffer, gzipped, for `go tool pprof` and everything that reads profiles.
  /// Equal stacks with equal labels are one sample; the unit is `goroutine`/`count` for threads of
  /// the JVM too, since tools know it. The profile is built in memory.
  public static void profile(Dump dump, OutputStream out) throws IOException {
    profile(StackCounts.of(dump), out);
  }

  /// As [#profile(Dump, OutputStream)], of threads that were only counted.
  public static void profile(StackCounts counts, OutputStream out) throws IOException {
    GoProfileWriter.write(counts, Duration.ZERO, out);
  }

  /// As [#profile], how many more threads are in each group of `after` than of `before`, as Go's
  /// `?seconds=` has it: fewer are a negative value, what did not change is left out.
  public static void profileDelta(StackCounts before, StackCounts after, OutputStream out)
      throws IOException {
    Optional<Duration> duration =
        before.time().flatMap(from -> after.time().map(to -> Duration.between(from, to)));
    GoProfileWriter.write(after.since(before), duration.orElse(Duration.ZERO), out);
  }

  /// Folded stacks, `outermost;...;innermost count`, for flame graphs. Files and lines are left
  /// out.
  public static void folded(Dump dump, Appendable out) throws IOException {
    FoldedWriter.write(dump, out);
  }
}
