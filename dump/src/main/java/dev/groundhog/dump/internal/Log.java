package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a logger has written the lines of a dump: each behind a prefix of its own, such as a time
/// and the name of the host, with lines of other origin in between. The prefix is learnt from the
/// first line; its digits and the width of its gaps may change from line to line. The text behind
/// it may be a JSON string, as in the files of Docker.
///
/// Dumps of two processes whose lines are mixed are not taken apart.
final class Log {
  /// The second line of a dump must follow within so many lines.
  private static final int MAX_MIXED = 64;

  /// All of them are held until then.
  private static final int MAX_MIXED_CHARACTERS = 1 << 20;

  private static final String SYSLOG_TAB = "#011";

  private final List<TextFormat> formats;
  private final TextFormat format;
  private final String prefix;
  private final boolean isString;

  private Log(List<TextFormat> formats, TextFormat format, String prefix, boolean isString) {
    this.formats = formats;
    this.format = format;
    this.prefix = prefix;
    this.isString = isString;
  }

  /// The log in which a dump of one of `formats` starts at the next line; null if there is none.
  static @Nullable Log at(Lines lines, List<TextFormat> formats) throws DumpException {
    String line = String.valueOf(lines.peek());
    for (TextFormat format : formats) {
      int opening = format.openingIn(line);
      if (opening > 0) {
        Log log = new Log(formats, format, line.substring(0, opening), Escaped.isIn(line, opening));
        return log.hasSecondLine(lines) ? log : null;
      }
    }
    return null;
  }

  /// A prefix is only one if another line has it too.
  private boolean hasSecondLine(Lines lines) throws DumpException {
    long length = 0;
    for (int distance = 1; distance < MAX_MIXED; distance++) {
      String line = lines.peek(distance);
      length += line == null ? 0 : line.length();
      if (line == null || length > MAX_MIXED_CHARACTERS) {
        return false;
      }
      String content = content(line);
      if (content != null && !content.isEmpty() && opening(content) < 0) {
        return true;
      }
    }
    return false;
  }

  /// What `line` says of the dump; null if it is of another origin.
  @Nullable String content(String line) {
    int start = prefixEnd(line);
    if (start < 0) {
      return null;
    }
    String content = isString ? Escaped.text(line, start).stripTrailing() : line.substring(start);
    if (content.startsWith(SYSLOG_TAB)) {
      content = "\t" + content.substring(SYSLOG_TAB.length());
    }
    return format.mayHave(content) || opening(content) == 0 ? content : null;
  }

  /// Whether a dump starts in `line` that is not behind this prefix, or not at once.
  boolean endsAt(String line) {
    int start = prefixEnd(line);
    return start < 0 ? opening(line) >= 0 : opening(line.substring(start)) > 0;
  }

  private int opening(String line) {
    for (TextFormat each : formats) {
      int opening = each.openingIn(line);
      if (opening >= 0) {
        return opening;
      }
    }
    return -1;
  }

  /// Where the text behind the prefix starts, -1 if the line has another one. Blanks at the end of
  /// a line may have been cut off.
  private int prefixEnd(String line) {
    int at = 0;
    int i = 0;
    while (i < prefix.length()) {
      char c = prefix.charAt(i);
      int run = runEnd(prefix, i);
      int lineRun = at < line.length() && kind(line.charAt(at)) == kind(c) ? runEnd(line, at) : at;
      if (c == ' ' && run == prefix.length()) {
        // Blanks behind it belong to the text.
        lineRun = Math.min(lineRun, at + run - i);
        return lineRun - at == run - i || lineRun == line.length() ? lineRun : -1;
      }
      if (lineRun == at || (kind(c) == OTHER && line.charAt(at) != c)) {
        return -1;
      }
      at = lineRun;
      i = run;
    }
    return at;
  }

  private static final char OTHER = 'x';

  private static char kind(char c) {
    return c >= '0' && c <= '9' ? '0' : c == ' ' ? ' ' : OTHER;
  }

  /// The end of the digits or blanks at `from`; other characters stand alone.
  private static int runEnd(String text, int from) {
    char kind = kind(text.charAt(from));
    int end = from + 1;
    while (kind != OTHER && end < text.length() && kind(text.charAt(end)) == kind) {
      end++;
    }
    return end;
  }
}
