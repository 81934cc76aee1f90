package dev.groundhog.cli.internal;

import dev.groundhog.leak.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// The one formatter of numbers, durations and foreign text for the terminal.
final class Text {
  static final String ABSENT = Words.ABSENT;

  private static final boolean COMMANDS_ARE_READ = Annotations.areRead(System.getenv());

  private Text() {}

  static String count(long count, String one, String many) {
    return number(count) + " " + (count == 1 ? one : many);
  }

  /// 12,345.
  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// `+180/min`, `-0.5/min`, `0/min`; absent if it is not known.
  static String perMinute(OptionalDouble rate) {
    if (rate.isEmpty()) {
      return ABSENT;
    }
    double threads = rate.getAsDouble();
    double tenths = Math.rint(threads * 10) / 10;
    return (Math.abs(threads) >= 10 || tenths == Math.rint(tenths)
            ? String.format(Locale.ROOT, tenths == 0 ? "%,d" : "%+,d", Math.round(threads))
            : String.format(Locale.ROOT, "%+.1f", tenths))
        + "/min";
  }

  /// 0.4 s, 12 s, 3 min 20 s, 5 h 2 min.
  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", Math.floorDiv(duration.toMillis(), 100) / 10.0);
    }
    if (seconds < 120 && seconds != 60) {
      return seconds + " s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    long hours = seconds / 3_600;
    return hours < 48
        ? hours + " h" + (seconds / 60 % 60 == 0 ? "" : " " + seconds / 60 % 60 + " min")
        : hours / 24 + " d" + (hours % 24 == 0 ? "" : " " + hours % 24 + " h");
  }

  /// `text` in at most `columns` columns, its end left out if it is longer.
  static String fit(String text, int columns) {
    if (text.codePointCount(0, text.length()) <= columns) {
      return text;
    }
    return columns < 1 ? "" : text.substring(0, text.offsetByCodePoints(0, columns - 1)) + "…";
  }

  /// `text` in lines of at most `columns` columns, broken between words; the first line is behind
  /// `indent`, the others two columns further in. In one line where there is no such end.
  static List<String> wrapped(String text, String indent, OptionalInt columns) {
    int end = columns.orElse(Integer.MAX_VALUE);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(indent);
    String gap = "";
    for (String word : text.split(" ", -1)) {
      if (!gap.isEmpty() && line.length() + 1 + word.length() > end) {
        lines.add(line.toString());
        line = new StringBuilder(indent).append("  ");
        gap = "";
      }
      line.append(gap).append(word);
      gap = " ";
    }
    lines.add(line.toString());
    return lines;
  }

  /// `text` as one word of a shell.
  static String shell(String text) {
    return text.matches("[\\w./:-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /// Text from a target is data: control characters are shown, never sent to the terminal. Where
  /// GitHub reads the output, nothing becomes one of its workflow commands either.
  static String line(String foreign) {
    return line(foreign, COMMANDS_ARE_READ);
  }

  /// @param commands whether the reader takes `::…::` and `##[…]` for commands
  static String line(String foreign, boolean commands) {
    StringBuilder safe = new StringBuilder(foreign.length());
    int before = 0;
    int last = 0;
    for (int i = 0; i < foreign.length(); i += Character.charCount(last)) {
      int previous = last;
      last = foreign.codePointAt(i);
      boolean colons = last == ':' && previous == ':';
      boolean bracket = last == '[' && previous == '#' && before == '#';
      boolean command = commands && (colons || bracket);
      before = previous;
      if (command || Words.isHarmful(last)) {
        safe.append(Words.shown(last));
      } else {
        safe.appendCodePoint(last);
      }
    }
    return safe.toString();
  }
}
