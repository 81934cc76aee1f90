package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.StackCounts;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Folded stacks, the input of flame graphs: `outermost;...;innermost count` for each distinct
/// stack, whatever its labels. Semicolons and spaces in names become `:` and `_`.
public final class FoldedWriter {
  private FoldedWriter() {}

  public static void write(Dump dump, Appendable out) throws IOException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (StackCounts.Group group : StackCounts.of(dump).groups()) {
      counts.merge(folded(group.stack().frames()), group.count(), Long::sum);
    }
    for (Map.Entry<String, Long> line : counts.entrySet()) {
      out.append(line.getKey()).append(' ').append(line.getValue().toString()).append('\n');
    }
  }

  private static String folded(List<Frame> frames) {
    if (frames.isEmpty()) {
      return "(no_frames)";
    }
    StringBuilder line = new StringBuilder();
    for (Frame frame : frames.reversed()) {
      if (!line.isEmpty()) {
        line.append(';');
      }
      line.append(GoTextWriter.name(frame).replace(';', ':'));
    }
    return line.toString();
  }
}
