package dev.groundhog.pouch.internal.api;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What a client wants to see of many: `{"status":{"exited":true}}`, or with arrays, as older
/// clients write it. Of one key's values any may match, and every key must.
final class Filters {
  private static final int MOST_SIZE = 10_000;

  /// The compiler calls itself for each that is in another: 2,000 overflow the stack.
  private static final int MOST_GROUPS = 100;

  private static final int MOST_SHOWN = 100;
  private static final int MOST_DIGITS = 4;

  /// How often something repeats, in `{2}` or `{2,5}`.
  private static final Pattern COUNT = Pattern.compile("\\{(?:[0-9]+,)?([0-9]+),?\\}");

  private final Map<String, Set<String>> wanted;

  private Filters(Map<String, Set<String>> wanted) {
    this.wanted = wanted;
  }

  /// @param known the keys that there are
  static Filters of(Optional<String> text, Set<String> known) {
    Map<String, Set<String>> wanted = new HashMap<>();
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(text.orElse("{}"));
    } catch (JacksonException e) {
      throw new ApiException(Code.BAD_REQUEST, "the filters are no JSON", e);
    }
    if (!node.isObject()) {
      throw new ApiException(Code.BAD_REQUEST, "the filters are no JSON object");
    }
    node.properties()
        .forEach(entry -> {
          if (!known.contains(entry.getKey())) {
            throw new ApiException(Code.BAD_REQUEST, "Invalid filter '" + entry.getKey() + "'");
          }
          wanted
              .computeIfAbsent(entry.getKey(), _ -> new HashSet<>())
              .addAll(values(node, entry.getKey()));
        });
    return new Filters(wanted);
  }

  private static Collection<String> values(JsonNode node, String key) {
    JsonNode values = node.path(key);
    if (values.isArray() || values.isNull()) {
      try {
        return Fields.strings(node, key);
      } catch (ApiException e) {
        throw e.about("Invalid filter");
      }
    }
    if (!values.isObject()
        || !values.propertyStream().allMatch(value -> value.getValue().isBoolean())) {
      throw Fields.bad("Invalid filter '" + key + "': its values are no array of strings");
    }
    return values.propertyNames();
  }

  boolean has(String key) {
    return !values(key).isEmpty();
  }

  Set<String> values(String key) {
    return wanted.getOrDefault(key, Set.of());
  }

  /// Refuses values of a key that mean nothing.
  void check(String key, Predicate<String> isValid) {
    values(key).stream()
        .filter(isValid.negate())
        .findAny()
        .ifPresent(value -> {
          throw new ApiException(Code.BAD_REQUEST, "Invalid filter '" + key + "=" + value + "'");
        });
  }

  /// Whether one of the key's values is as it should be; also if there is none.
  boolean match(String key, Predicate<String> value) {
    return !has(key) || wanted.getOrDefault(key, Set.of()).stream().anyMatch(value);
  }

  /// Tells whether one of the key's values, regular expressions as Go has them, is found in a text;
  /// also if there is none. The time is that of its size and the text's length multiplied, whatever
  /// a stranger has written.
  Predicate<String> finding(String key) {
    List<Pattern> patterns =
        wanted.getOrDefault(key, Set.of()).stream()
            .map(expression -> pattern(key, expression))
            .toList();
    return text ->
        patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matcher(text).find());
  }

  private static Pattern pattern(String key, String expression) {
    String shown =
        expression.substring(0, Math.min(expression.length(), MOST_SHOWN))
            + (expression.length() > MOST_SHOWN ? "…" : "");
    long groups = expression.chars().filter(c -> c == '(').count();
    if (groups > MOST_GROUPS || size(expression) > MOST_SIZE) {
      throw new ApiException(
          Code.BAD_REQUEST, "Invalid filter '" + key + "=" + shown + "': it is too large");
    }
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new ApiException(
          Code.BAD_REQUEST, "Invalid filter '" + key + "=" + shown + "': " + e.getMessage(), e);
    }
  }

  /// Its length, as often as its counts repeat it at the very most: a compiled
  /// `((x{100}){100}){100}` has a million parts.
  private static long size(String expression) {
    long size = expression.length();
    Matcher counts = COUNT.matcher(expression);
    while (counts.find() && size <= MOST_SIZE) {
      String count = counts.group(1);
      size *= count.length() > MOST_DIGITS ? MOST_SIZE + 1L : Math.max(1, Integer.parseInt(count));
    }
    return size;
  }

  /// `NAME` or `NAME=VALUE`, all of which must be there.
  boolean matchLabels(Map<String, String> labels) {
    return wanted.getOrDefault("label", Set.of()).stream()
        .allMatch(label -> {
          String[] parts = label.split("=", 2);
          String value = labels.get(parts[0]);
          return value != null && (parts.length == 1 || value.equals(parts[1]));
        });
  }
}
