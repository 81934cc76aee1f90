package dev.groundhog.target.internal;

import dev.groundhog.target.MarkedFunctions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `groundhog.leak-prone/1`, what our own endpoint tells of marked functions. Members that it
/// does not know are passed over, also where they nest.
final class MarkedJson {
  static final String PATH = "/debug/groundhog/leak-prone";

  private static final String SCHEMA = "groundhog.leak-prone/1";

  /// Some 10,000 functions with long names and reasons.
  private static final int MAX_BYTES = 1 << 24;

  private final String text;
  private int at;
  private String name = "";
  private boolean isOurs;
  private String function = "";
  private final Map<String, Optional<String>> reasons = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private MarkedJson(String text) {
    this.text = text;
  }

  /// Empty if it is something else.
  static Optional<MarkedFunctions> read(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    MarkedJson json = new MarkedJson(new String(bytes, StandardCharsets.UTF_8));
    return json.read() && json.isOurs
        ? Optional.of(new MarkedFunctions(json.reasons, json.warnings))
        : Optional.empty();
  }

  private boolean read() {
    while (at < text.length()) {
      if (text.charAt(at++) != '"') {
        continue;
      }
      Optional<String> string = string();
      if (string.isEmpty()) {
        return false;
      }
      if (isNext(':')) {
        name = string.get();
      } else {
        value(string.get());
      }
    }
    return text.stripTrailing().endsWith("}");
  }

  private void value(String value) {
    switch (name) {
      case "schema" -> isOurs = value.equals(SCHEMA);
      case "function" -> {
        function = value;
        reasons.put(function, Optional.empty());
      }
      case "reason" -> reasons.put(function, Optional.of(value));
      case "warnings" -> warnings.add(value);
      default -> {} // of a later version
    }
  }

  private boolean isNext(char wanted) {
    int next = at;
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
    return next < text.length() && text.charAt(next) == wanted;
  }

  /// The rest of a string behind its first quote; empty if it is malformed or has no end.
  private Optional<String> string() {
    StringBuilder string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return Optional.of(string.toString());
      }
      if (c != '\\') {
        string.append(c);
      } else if (!escaped(string)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean escaped(StringBuilder string) {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    int known = "\"\\/bfnrt".indexOf(c);
    if (known >= 0) {
      string.append("\"\\/\b\f\n\r\t".charAt(known));
      return true;
    }
    String hex = text.substring(at, Math.min(at + 4, text.length()));
    if (c != 'u' || !hex.matches("[0-9a-fA-F]{4}")) {
      return false;
    }
    string.append((char) Integer.parseInt(hex, 16));
    at += 4;
    return true;
  }
}
