package dev.groundhog.dump.internal.go;

import static dev.groundhog.dump.internal.go.GoTextWriter.name;
import static dev.groundhog.dump.internal.go.GoTextWriter.place;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.ThreadWriter;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.function.Function;

/// Go's text of every thread as its runtime writes it, for threads of any runtime. What common
/// readers of it do not take (names, locks, bubbles, and labels unless they are asked for) is left
/// out. The text of a stack that many threads are at is made once, as far as it is held as one
/// object. Not thread-safe.
public final class GoDebug2Writer implements ThreadWriter {
  /// Stands for a stack without frames: readers want one at least.
  static final String NO_FRAMES = "(no_frames)";

  /// The place of a line that is a frame in form only.
  static final String NOWHERE = "\t?:0 +0x0";

  private static final String FRAME_FORM = "(...)";

  private static final int MAX_CHARACTERS = 4_000_000;

  private final Appendable out;
  private final Function<DumpThread, String> labels;
  private final IdentityHashMap<CallStack, String> texts = new IdentityHashMap<>();
  private long characters;
  private boolean hasWritten;

  private GoDebug2Writer(Appendable out, Function<DumpThread, String> labels) {
    this.out = out;
    this.labels = labels;
  }

  /// What every reader takes.
  public static GoDebug2Writer withoutLabels(Appendable out) {
    return new GoDebug2Writer(out, _ -> "");
  }

  /// With labels in the first line of a thread, as Go 1.27 writes them.
  public static GoDebug2Writer withLabels(Appendable out) {
    return new GoDebug2Writer(
        out,
        thread -> thread.labels().isEmpty() ? "" : " " + GoLabels.writeInHeader(thread.labels()));
  }

  /// Undoes what makes a note look like a frame.
  static String withoutFrameForm(String line) {
    return line.endsWith(FRAME_FORM)
        ? line.substring(0, line.length() - FRAME_FORM.length())
        : line;
  }

  @Override
  public void write(DumpThread thread) throws IOException {
    if (hasWritten) {
      out.append('\n');
    }
    hasWritten = true;
    out.append("goroutine ").append(Long.toString(Math.max(0, thread.id().orElse(0))));
    out.append(" [").append(status(thread)).append(']').append(labels.apply(thread));
    out.append(":\n").append(frames(thread.stack()));
    for (Frame frame : thread.createdBy().frames().stream().limit(1).toList()) {
      out.append("created by ").append(name(frame));
      if (thread.creatorId().isPresent()) {
        out.append(" in goroutine ").append(Long.toString(thread.creatorId().getAsLong()));
      }
      out.append("\n\t").append(place(frame)).append(" +0x0\n");
    }
  }

  private String frames(CallStack stack) {
    String known = texts.get(stack);
    if (known == null) {
      known = text(stack);
      characters += known.length();
      if (characters > MAX_CHARACTERS) {
        texts.clear();
        characters = known.length();
      }
      texts.put(stack, known);
    }
    return known;
  }

  private static String text(CallStack stack) {
    StringBuilder text = new StringBuilder();
    int index = 0;
    for (Frame frame : stack.frames()) {
      if (index++ == stack.elidedAfter()) {
        text.append(elided(stack.elided()));
      }
      text.append(called(name(frame))).append(FRAME_FORM).append("\n\t");
      text.append(place(frame)).append(" +0x0\n");
    }
    if (index == stack.elidedAfter()) {
      text.append(elided(stack.elided()));
    }
    if (stack.frames().isEmpty()) {
      text.append(note(NO_FRAMES));
    }
    return text.toString();
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
}
