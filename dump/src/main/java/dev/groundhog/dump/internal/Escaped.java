package dev.groundhog.dump.internal;

/// Text in one line, whose line breaks a logger has escaped as `\n`, in a string in quotes or
/// without.
final class Escaped {
  private static final String LINE_BREAK = "\\n";

  private Escaped() {}

  /// Whether what stands in `line` from `start` on is escaped.
  static boolean isIn(String line, int start) {
    return line.indexOf(LINE_BREAK, start) >= 0;
  }

  /// The text from `start` on: up to the closing quote if it starts in a string, else all.
  static String text(String line, int start) {
    boolean quoted = startsInString(line, start);
    StringBuilder text = new StringBuilder();
    int at = start;
    while (at < line.length() && !(quoted && line.charAt(at) == '"')) {
      char c = line.charAt(at++);
      if (c != '\\' || at == line.length()) {
        text.append(c);
        continue;
      }
      char escape = line.charAt(at++);
      switch (escape) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'u' -> at = unicode(line, at, text);
        default -> text.append(escape);
      }
    }
    return text.toString();
  }

  /// Whether an odd number of quotes stands before `start`.
  private static boolean startsInString(String line, int start) {
    boolean inString = false;
    for (int at = 0; at < start; at++) {
      if (line.charAt(at) == '\\') {
        at++;
      } else if (line.charAt(at) == '"') {
        inString = !inString;
      }
    }
    return inString;
  }

  /// Appends the character of four hexadecimal digits at `at`, if they are; the place behind them.
  private static int unicode(String line, int at, StringBuilder text) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = i < line.length() ? Character.digit(line.charAt(i), 16) : -1;
      if (digit < 0) {
        text.append("\\u");
        return at;
      }
      value = value << 4 | digit;
    }
    text.append((char) value);
    return at + 4;
  }
}
