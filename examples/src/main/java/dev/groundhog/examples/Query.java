package dev.groundhog.examples;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The parameters of a URL's query, read as Go's `net/url` does: the first value of a name counts,
/// `+` is a blank, a pair with a `;` or a broken escape is left out. Bytes that are no UTF-8 become
/// U+FFFD. At most a thousand pairs are read.
record Query(Map<String, String> values) {
  private static final int MAX_PAIRS = 1_000;

  static Query parse(String rawQuery) {
    Map<String, String> values = new HashMap<>();
    String[] pairs = rawQuery.split("&", MAX_PAIRS + 1);
    for (int i = 0; i < Math.min(pairs.length, MAX_PAIRS); i++) {
      String[] pair = pairs[i].split("=", 2);
      Optional<String> name = decode(pair[0]);
      Optional<String> value = decode(pair.length == 2 ? pair[1] : "");
      if (!pairs[i].isEmpty() && name.isPresent() && value.isPresent()) {
        values.putIfAbsent(name.get(), value.get());
      }
    }
    return new Query(Map.copyOf(values));
  }

  /// The value of `name`; empty if it is missing.
  String first(String name) {
    return values.getOrDefault(name, "");
  }

  private static Optional<String> decode(String text) {
    // URLDecoder takes signs for hexadecimal digits; net/url does not.
    if (text.contains(";") || !text.matches("(?s)([^%]|%[0-9A-Fa-f]{2})*+")) {
      return Optional.empty();
    }
    return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
  }
}
