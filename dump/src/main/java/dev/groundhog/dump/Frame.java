package dev.groundhog.dump;

import java.util.Comparator;

/// One function on a stack. Arguments and program counters are not kept, so that equal stacks are
/// equal. Ordered by function, file and line, so that a hash map finds one among many whose hashes
/// were made equal.
///
/// @param function the full name as its runtime writes it: `java.util.concurrent.FutureTask.get`,
///   `net/http.(*conn).serve`
/// @param file the source file, a name on the JVM and a path in Go; empty if unknown
/// @param line the line in `file`, [#UNKNOWN_LINE] or [#NATIVE]
public record Frame(String function, String file, int line) implements Comparable<Frame> {
  public static final int UNKNOWN_LINE = 0;
  public static final int NATIVE = -2;

  private static final Comparator<Frame> ORDER =
      Comparator.comparing(Frame::function)
          .thenComparing(Frame::file)
          .thenComparingInt(Frame::line);

  public Frame {
    if (function.isEmpty()) {
      throw new IllegalArgumentException("a frame needs a function");
    }
    if (line < NATIVE) {
      throw new IllegalArgumentException("line " + line);
    }
  }

  @Override
  public int compareTo(Frame other) {
    return ORDER.compare(this, other);
  }

  /// The last part of the class or type, and the method: `FutureTask.get`, `(*conn).serve`.
  public String shortName() {
    int slash = function.lastIndexOf('/');
    String local = function.substring(slash + 1);
    int dot = local.indexOf('.');
    if (file.endsWith(".java") || file.isEmpty() || line == NATIVE) {
      int method = local.lastIndexOf('.');
      dot = method < 0 ? -1 : local.lastIndexOf('.', method - 1);
    }
    return dot < 0 ? local : local.substring(dot + 1);
  }

  /// `file:line` for people; the file alone where the line is unknown, "—" where both are.
  public String location() {
    if (line == NATIVE) {
      return "native";
    }
    if (file.isEmpty()) {
      return "—";
    }
    return line == UNKNOWN_LINE ? file : file + ":" + line;
  }
}
