package dev.groundhog.leak;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.Locale;

/// How reports for people name what they show.
public final class Words {
  /// What is not known.
  public static final String ABSENT = "—";

  private Words() {}

  /// `virtual thread`, `goroutines`.
  public static String noun(ThreadKind kind, long count) {
    String one =
        switch (kind) {
          case VIRTUAL -> "virtual thread";
          case PLATFORM -> "platform thread";
          case GOROUTINE -> "goroutine";
        };
    return count == 1 ? one : one + "s";
  }

  /// `WAITING (queue)`, `chan receive`, `RUNNABLE`.
  public static String doing(DumpThread thread) {
    if (thread.wasCollected()) {
      return "collected";
    }
    if (thread.kind() == ThreadKind.GOROUTINE && !thread.waitReason().isEmpty()) {
      return thread.waitReason();
    }
    String wait =
        thread.waitKind() == WaitKind.NONE || thread.waitKind() == WaitKind.UNKNOWN
            ? ""
            : thread.waitKind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (thread.state() == ThreadState.UNKNOWN) {
      return wait.isEmpty() ? "state " + ABSENT : "waits (" + wait + ")";
    }
    return thread.state() + (wait.isEmpty() ? "" : " (" + wait + ")");
  }

  /// Text from a target on one line: control characters are shown, not sent.
  public static String line(String foreign) {
    StringBuilder safe = new StringBuilder(foreign.length());
    foreign
        .codePoints()
        .forEach(c -> {
          if (isHarmful(c)) {
            safe.append(shown(c));
          } else {
            safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }

  /// A character by its code.
  public static String shown(int c) {
    return c > 0xFFFF
        ? String.format(Locale.ROOT, "\\u{%x}", c)
        : String.format(Locale.ROOT, "\\u%04x", c);
  }

  /// Whether a character says something to the terminal or the reader of lines.
  public static boolean isHarmful(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
