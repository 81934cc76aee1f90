package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.util.Locale;

/// Go's text formats, as its runtime and runtime/pprof write them, for threads of any runtime. What
/// common readers of them do not take (names, locks, labels and bubbles in `debug=2`) is left out.
public final class GoTextWriter {
  /// Stands for a stack without frames: readers want one at least.
  static final String NO_FRAMES = "(no_frames)";

  /// The place of a line that is a frame in form only.
  static final String NOWHERE = "\t?:0 +0x0";

  private static final String FRAME_FORM = "(...)";

  private GoTextWriter() {}

  /// Undoes what makes a note look like a frame.
  static String withoutFrameForm(String line) {
    return line.endsWith(FRAME_FORM)
        ? line.substring(0, line.length() - FRAME_FORM.length())
        : line;
  }

  public static void debug2(Dump dump, Appendable out) throws IOException {
    for (int row = 0; row < dump.rows(); row++) {
      if (row > 0) {
        out.append('\n');
      }
      debug2(dump.row(row), out);
    }
  }

  public static void debug1(StackCounts counts, Appendable out) throws IOException {
    out.append("goroutine profile: total ").append(Long.toString(counts.total())).append('\n');
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

  public static void debug2(DumpThread thread, Appendable out) throws IOException {
    out.append("goroutine ").append(Long.toString(Math.max(0, thread.id().orElse(0))));
    out.append(" [").append(status(thread)).append("]:\n");
    int index = 0;
    for (Frame frame : thread.stack().frames()) {
      if (index++ == thread.stack().elidedAfter()) {
        out.append(elided(thread.stack().elided()));
      }
      out.append(called(name(frame))).append("(...)\n\t").append(place(frame)).append(" +0x0\n");
    }
    if (index == thread.stack().elidedAfter()) {
      out.append(elided(thread.stack().elided()));
    }
    if (thread.stack().frames().isEmpty()) {
      out.append(note(NO_FRAMES));
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
    return status.toString();
  }

  /// The runtime's own words, or for the JVM `WAITING (parking)`: its state and what it waits for.
  private static String reason(DumpThread thread) {
    if (!thread.waitReason().isEmpty()) {
      return thread.waitReason().replaceAll("[\\[\\],\\r\\n]", "_");
    }
    if (thread.kind() == ThreadKind.GOROUTINE) {
      return thread.state() == ThreadState.UNKNOWN
          ? "waiting"
          : thread.state().name().toLowerCase(Locale.ROOT);
    }
    String kind =
        switch (thread.waitKind()) {
          case NONE, UNKNOWN -> "";
          case MUTEX ->
              thread.state() == ThreadState.BLOCKED ? " (on object monitor)" : " (parking)";
          case PARK -> " (parking)";
          case SLEEP -> " (sleeping)";
          default -> " (" + words(thread.waitKind()) + ")";
        };
    return thread.state() + kind;
  }

  private static String words(WaitKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// Go's own words in the form of a frame: gostackparse and goleak fail on the bare line.
  private static String elided(int count) {
    return note(count < 0 ? "...additional frames elided..." : "..." + count + " frames elided...");
  }

  private static String note(String words) {
    return words + FRAME_FORM + "\n" + NOWHERE + "\n";
  }

  static String name(Frame frame) {
    return frame.function().replaceAll("\\s", "_");
  }

  /// gostackparse takes pairs of parentheses, none within another; a method of the JVM may have
  /// others in its name.
  private static String called(String name) {
    boolean isOpen = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == (isOpen ? '(' : ')')) {
        return name.replace('(', '_').replace(')', '_');
      }
      isOpen = isOpen ? c != ')' : c == '(';
    }
    return isOpen ? name.replace('(', '_').replace(')', '_') : name;
  }

  /// A digit behind a colon is where readers begin the line.
  private static String place(Frame frame) {
    String file =
        frame.file().isEmpty() ? "?" : frame.file().replaceAll("[\\r\\n\\t]|:(?=\\d)", "_");
    return file + ":" + Math.max(0, frame.line());
  }
}
