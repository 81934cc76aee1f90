package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Go's text formats, as its runtime/pprof writes them, for threads of any runtime. What the
/// grammar has no place for (names, locks) is left out.
public final class GoTextWriter {
  private record Key(CallStack stack, Map<String, String> labels) {}

  private GoTextWriter() {}

  public static void debug2(Dump dump, Appendable out) throws IOException {
    for (int row = 0; row < dump.rows(); row++) {
      if (row > 0) {
        out.append('\n');
      }
      thread(dump.row(row), out);
    }
  }

  public static void debug1(Dump dump, Appendable out) throws IOException {
    Map<Key, Long> counts = new LinkedHashMap<>();
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      counts.merge(new Key(thread.stack(), thread.labels()), thread.count(), Long::sum);
    }
    List<Map.Entry<Key, Long>> groups = new ArrayList<>(counts.entrySet());
    groups.sort(Map.Entry.<Key, Long>comparingByValue(Comparator.reverseOrder()));
    out.append("goroutine profile: total ").append(Long.toString(dump.threadCount())).append('\n');
    for (Map.Entry<Key, Long> group : groups) {
      out.append(group.getValue().toString()).append(" @");
      for (int i = 0; i < group.getKey().stack.frames().size(); i++) {
        out.append(" 0x0");
      }
      out.append('\n');
      if (!group.getKey().labels.isEmpty()) {
        out.append("# labels: ").append(labels(group.getKey().labels)).append('\n');
      }
      for (Frame frame : group.getKey().stack.frames()) {
        out.append("#\t0x0\t")
            .append(name(frame))
            .append("+0x0\t")
            .append(place(frame))
            .append('\n');
      }
      out.append('\n');
    }
  }

  private static void thread(DumpThread thread, Appendable out) throws IOException {
    out.append("goroutine ").append(Long.toString(Math.max(0, thread.id().orElse(0))));
    out.append(" [").append(status(thread)).append("]:\n");
    int index = 0;
    for (Frame frame : thread.stack().frames()) {
      if (index++ == thread.stack().elidedAfter()) {
        out.append(elided(thread.stack().elided()));
      }
      out.append(name(frame)).append("(...)\n\t").append(place(frame)).append('\n');
    }
    if (index == thread.stack().elidedAfter()) {
      out.append(elided(thread.stack().elided()));
    }
    for (Frame frame : thread.createdBy().frames().stream().limit(1).toList()) {
      out.append("created by ").append(name(frame));
      if (thread.creatorId().isPresent()) {
        out.append(" in goroutine ").append(Long.toString(thread.creatorId().getAsLong()));
      }
      out.append("\n\t").append(place(frame)).append(" +0x0\n");
    }
  }

  private static String status(DumpThread thread) {
    StringBuilder status = new StringBuilder(reason(thread));
    if (thread.leaked()) {
      status.append(" (leaked)");
    }
    thread
        .waiting()
        .filter(waiting -> waiting.toMinutes() > 0)
        .ifPresent(waiting -> status.append(", ").append(waiting.toMinutes()).append(" minutes"));
    if (thread.lockedToThread()) {
      status.append(", locked to thread");
    }
    if (thread.kind() == ThreadKind.GOROUTINE && !thread.group().isEmpty()) {
      status.append(", ").append(thread.group());
    }
    return status.toString();
  }

  private static String reason(DumpThread thread) {
    if (!thread.waitReason().isEmpty()) {
      return thread.waitReason();
    }
    String state =
        thread.state() == ThreadState.UNKNOWN ? "waiting" : thread.state().name().replace('_', ' ');
    return thread.kind() == ThreadKind.GOROUTINE ? state.toLowerCase(Locale.ROOT) : state;
  }

  private static String elided(int count) {
    return count < 0 ? "...additional frames elided...\n" : "..." + count + " frames elided...\n";
  }

  private static String name(Frame frame) {
    return frame.function().replaceAll("\\s", "_");
  }

  private static String place(Frame frame) {
    String file = frame.file().isEmpty() ? "?" : frame.file().replaceAll("[\\r\\n\\t]", "_");
    return file + ":" + Math.max(0, frame.line());
  }

  /// JSON, as Go's `labelMap.String` writes it, sorted by key.
  private static String labels(Map<String, String> labels) {
    StringBuilder text = new StringBuilder("{");
    new TreeMap<>(labels)
        .forEach((key, value) ->
            text.append(text.length() == 1 ? "" : ", ")
                .append(quoted(key))
                .append(':')
                .append(quoted(value)));
    return text.append('}').toString();
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
