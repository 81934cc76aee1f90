package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A dump format made of lines.
public interface TextFormat {
  /// Whether a dump of this format starts at the next line of `lines`; only peeks.
  boolean startsAt(Lines lines) throws DumpException;

  /// Reads one dump that starts at the next line: calls `begin`, threads, warnings, `end`. Stops
  /// before the first line that belongs to something else, and always takes at least one line.
  void read(Lines lines, DumpSink sink) throws DumpException;

  /// Where in a line of a log a dump of this format starts, if its first line stands there up to
  /// the end or up to an escaped line break; -1 if not, or if such dumps are not looked for in
  /// logs.
  default int openingIn(String line) {
    return -1;
  }

  /// Where `opening` matches in `line`, -1 if nowhere; lines without `mark`, which every match has,
  /// are told at once.
  static int find(Pattern opening, String mark, String line) {
    Matcher matcher = opening.matcher(line);
    return line.contains(mark) && matcher.find() ? matcher.start() : -1;
  }

  /// Whether a line may be one of a dump of this format, rather than one that a log has in between.
  default boolean mayHave(String line) {
    return true;
  }
}
