package dev.groundhog.dump.internal.go;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Profiler labels as Go writes them: `{key: value, "a key": "a, value"}`. Words are quoted where
/// they hold more than letters, digits and `./_`; `debug=1` quotes all of them.
final class GoLabels {
  /// More labels than these on one goroutine are left out.
  private static final int MAX_LABELS = 1_000;

  private final Map<String, String> labels;
  private final int end;

  private GoLabels(Map<String, String> labels, int end) {
    this.labels = labels;
    this.end = end;
  }

  Map<String, String> labels() {
    return labels;
  }

  /// The place in the text behind the closing brace.
  int end() {
    return end;
  }

  /// The labels in the first braces of `text`, none if there are none; what is malformed is left
  /// out.
  static Map<String, String> parse(String text) {
    return parse(text, text.indexOf('{')).labels;
  }

  /// The labels whose opening brace is at `open`.
  static GoLabels parse(String text, int open) {
    Map<String, String> labels = new LinkedHashMap<>();
    int[] at = {open + 1};
    while (at[0] > 0 && at[0] < text.length() && text.charAt(at[0]) != '}') {
      String key = token(text, at);
      if (at[0] >= text.length() || text.charAt(at[0]) != ':') {
        break;
      }
      at[0]++;
      String value = token(text, at);
      if (labels.size() < MAX_LABELS) {
        labels.put(key, value);
      }
      if (at[0] < text.length() && text.charAt(at[0]) == ',') {
        at[0]++;
      } else if (at[0] < text.length() && text.charAt(at[0]) != '}') {
        break;
      }
    }
    return new GoLabels(Map.copyOf(labels), Math.min(at[0] + 1, text.length()));
  }

  /// All words quoted, sorted by key: `{"k":"v", "k2":"v2"}`.
  static String write(Map<String, String> labels) {
    return written(labels, ":", GoLabels::quote);
  }

  /// Words quoted where they have to be, sorted by key: `{k: v, k2: "a value"}`.
  static String writeInHeader(Map<String, String> labels) {
    return written(labels, ": ", GoLabels::word);
  }

  private static String written(
      Map<String, String> labels, String colon, BiConsumer<String, StringBuilder> writer) {
    StringBuilder text = new StringBuilder("{");
    new TreeMap<>(labels)
        .forEach((key, value) -> {
          text.append(text.length() == 1 ? "" : ", ");
          writer.accept(key, text);
          text.append(colon);
          writer.accept(value, text);
        });
    return text.append('}').toString();
  }

  private static void word(String word, StringBuilder text) {
    if (word.matches("[A-Za-z0-9./_]+")) {
      text.append(word);
    } else {
      quote(word, text);
    }
  }

  /// A quoted or bare word from `at[0]` on, which is moved behind it.
  private static String token(String text, int[] at) {
    while (at[0] < text.length() && text.charAt(at[0]) == ' ') {
      at[0]++;
    }
    StringBuilder word = new StringBuilder();
    if (at[0] < text.length() && text.charAt(at[0]) == '"') {
      at[0]++;
      while (at[0] < text.length() && text.charAt(at[0]) != '"') {
        char c = text.charAt(at[0]++);
        if (c == '\\' && at[0] < text.length()) {
          escaped(text, at, word);
        } else {
          word.append(c);
        }
      }
      at[0]++;
      return word.toString();
    }
    while (at[0] < text.length() && ":,}".indexOf(text.charAt(at[0])) < 0) {
      word.append(text.charAt(at[0]++));
    }
    return word.toString().strip();
  }

  private static void escaped(String text, int[] at, StringBuilder word) {
    char c = text.charAt(at[0]++);
    switch (c) {
      case 'n' -> word.append('\n');
      case 't' -> word.append('\t');
      case 'r' -> word.append('\r');
      case 'a' -> word.append('\007');
      case 'b' -> word.append('\b');
      case 'f' -> word.append('\f');
      case 'v' -> word.append('\013');
      case 'x' -> hex(text, at, 2, word);
      case 'u' -> hex(text, at, 4, word);
      case 'U' -> hex(text, at, 8, word);
      default -> word.append(c);
    }
  }

  /// A character as `digits` hexadecimal digits; U+FFFD if they are not.
  private static void hex(String text, int[] at, int digits, StringBuilder word) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at[0] < text.length() ? Character.digit(text.charAt(at[0]), 16) : -1;
      if (digit < 0) {
        word.append('\uFFFD');
        return;
      }
      value = value << 4 | digit;
      at[0]++;
    }
    word.appendCodePoint(Character.isValidCodePoint(value) ? value : 0xFFFD);
  }

  private static void quote(String text, StringBuilder quoted) {
    quoted.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (c < 0x20 || c == 0x7f || c == '\u2028' || c == '\u2029') {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    quoted.append('"');
  }
}
