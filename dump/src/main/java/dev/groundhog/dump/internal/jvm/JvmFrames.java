package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.Frame;
import java.util.Optional;

/// Reads `java.base@25/java.lang.Thread.run(Thread.java:1474)`, the text of
/// `StackTraceElement.toString`.
final class JvmFrames {
  private static final int MAX_LINE_DIGITS = 9;

  private JvmFrames() {}

  /// The frame, or empty if `text` is none.
  static Optional<Frame> parse(String text) {
    int open = text.lastIndexOf('(');
    int close = text.lastIndexOf(')');
    if (open <= 0 || close < open) {
      return Optional.empty();
    }
    // Kotlin's and Scala's functions may have blanks in their names.
    String function = withoutModule(text.substring(0, open));
    if (function.isBlank()) {
      return Optional.empty();
    }
    // Thread.print writes the module here: java.lang.Thread.run(java.base@25/Thread.java:1474).
    String source = text.substring(Math.max(open, text.lastIndexOf('/', close)) + 1, close);
    if (source.equals("Native Method")) {
      return Optional.of(new Frame(function, "", Frame.NATIVE));
    }
    if (source.equals("Unknown Source") || source.equals("Redefined") || source.isEmpty()) {
      return Optional.of(new Frame(function, "", Frame.UNKNOWN_LINE));
    }
    int colon = source.lastIndexOf(':');
    int line = colon < 0 ? Frame.UNKNOWN_LINE : number(source.substring(colon + 1));
    return Optional.of(
        line < 0
            ? new Frame(function, source, Frame.UNKNOWN_LINE)
            : new Frame(function, colon < 0 ? source : source.substring(0, colon), line));
  }

  /// Modules and loaders stand before the last slash; hidden classes have one in their name.
  private static String withoutModule(String qualified) {
    int start = 0;
    for (int slash = qualified.indexOf('/');
        slash >= 0 && !isHiddenClassSuffix(qualified, slash);
        slash = qualified.indexOf('/', slash + 1)) {
      start = slash + 1;
    }
    return qualified.substring(start);
  }

  /// `Main$$Lambda/0x000078c1.run`, in JDK 8 `Main$$Lambda$1/531885035.run`: a digit starts no
  /// package and no class.
  private static boolean isHiddenClassSuffix(String qualified, int slash) {
    int next = slash + 1;
    return next < qualified.length() && Character.isDigit(qualified.charAt(next));
  }

  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_LINE_DIGITS) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
