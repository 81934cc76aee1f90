package dev.groundhog.dump.internal.go;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// `goroutine 7 gp=0xc0001 m=0 mp=0xa [chan receive (leaked), 3 minutes, locked to thread] {k:
/// v}:`, the first line of a goroutine in a traceback of Go 1.4 to 1.27.
///
/// @param reason the state or wait reason without the marks behind it
/// @param minutes how long it has waited, if told
/// @param bubble `synctest bubble 1`, or empty
record GoHeader(
    long id,
    String reason,
    OptionalLong minutes,
    boolean leaked,
    boolean lockedToThread,
    String bubble,
    Map<String, String> labels) {

  private static final String START = "goroutine ";
  private static final String LABELS_INSIDE = " labels:{";
  private static final int MAX_DIGITS = 18;

  static boolean looksLike(String line) {
    return line.startsWith(START)
        && line.length() > START.length() + 4
        && Character.isDigit(line.charAt(START.length()))
        && line.endsWith(":")
        && line.indexOf('[') > 0;
  }

  static Optional<GoHeader> parse(String line) {
    if (!looksLike(line)) {
      return Optional.empty();
    }
    int open = line.indexOf('[');
    int idEnd = line.indexOf(' ', START.length());
    OptionalLong id = number(line.substring(START.length(), Math.max(START.length(), idEnd)));
    int close = closing(line, open);
    if (id.isEmpty() || idEnd > open || close < 0) {
      return Optional.empty();
    }
    String inside = line.substring(open + 1, close);
    Map<String, String> labels = GoLabels.parse(line.substring(close + 1, line.length() - 1));
    int labelsInside = inside.indexOf(LABELS_INSIDE);
    if (labelsInside >= 0) {
      GoLabels found = GoLabels.parse(inside, labelsInside + LABELS_INSIDE.length() - 1);
      labels = found.labels();
      inside = inside.substring(0, labelsInside) + inside.substring(found.end());
    }
    return Optional.of(withStatus(id.getAsLong(), inside, labels));
  }

  /// The same of another goroutine, which has waited as long if `otherMinutes` is -1.
  GoHeader of(long otherId, long otherMinutes) {
    OptionalLong waited = otherMinutes < 0 ? minutes : OptionalLong.of(otherMinutes);
    return new GoHeader(otherId, reason, waited, leaked, lockedToThread, bubble, labels);
  }

  private static GoHeader withStatus(long id, String inside, Map<String, String> labels) {
    String[] parts = inside.split(", ", -1);
    OptionalLong minutes = OptionalLong.empty();
    boolean locked = false;
    String bubble = "";
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].endsWith(" minutes")) {
        minutes = number(parts[i].substring(0, parts[i].length() - " minutes".length()));
      } else if (parts[i].equals("locked to thread")) {
        locked = true;
      } else if (parts[i].startsWith("synctest bubble ")) {
        bubble = parts[i];
      }
    }
    String reason = without(parts[0], " (scan)");
    boolean leaked = reason.contains(" (leaked)");
    return new GoHeader(id, without(reason, " (leaked)"), minutes, leaked, locked, bubble, labels);
  }

  private static String without(String text, String mark) {
    return text.replace(mark, "");
  }

  /// The bracket that ends the status. Labels in it may hold brackets in quotes.
  private static int closing(String line, int open) {
    boolean quoted = false;
    for (int i = open + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ']' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  /// A number of at most 18 decimal digits; empty if `digits` is anything else.
  static OptionalLong number(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(Long.parseLong(digits));
  }
}
