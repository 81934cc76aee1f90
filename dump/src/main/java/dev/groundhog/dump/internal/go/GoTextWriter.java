package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.StackCounts;
import java.io.IOException;
import java.util.regex.Pattern;

/// Go's aggregated text as runtime/pprof writes it, for threads of any runtime, and what it has in
/// common with [GoDebug2Writer].
public final class GoTextWriter {
  private static final Pattern SPACE = Pattern.compile("\\s");
  private static final Pattern UNFIT = Pattern.compile("[\\r\\n\\t]|:(?=\\d)");

  private GoTextWriter() {}

  public static void debug1(StackCounts counts, Appendable out) throws IOException {
    out.append(counts.profile().text()).append(" profile: total ");
    out.append(Long.toString(counts.total())).append('\n');
    for (StackCounts.Group group : counts.groups()) {
      out.append(Long.toString(group.count())).append(" @");
      for (int i = 0; i < group.stack().frames().size(); i++) {
        out.append(" 0x0");
      }
      out.append('\n');
      if (!group.labels().isEmpty()) {
        out.append("# labels: ").append(GoLabels.write(group.labels())).append('\n');
      }
      for (Frame frame : group.stack().frames()) {
        out.append("#\t0x0\t").append(name(frame)).append("+0x0\t").append(place(frame));
        out.append('\n');
      }
      out.append('\n');
    }
  }

  static String name(Frame frame) {
    return SPACE.matcher(frame.function()).replaceAll("_");
  }

  /// A digit behind a colon is where readers begin the line.
  static String place(Frame frame) {
    String file = frame.file().isEmpty() ? "?" : UNFIT.matcher(frame.file()).replaceAll("_");
    return file + ":" + Math.max(0, frame.line());
  }
}
