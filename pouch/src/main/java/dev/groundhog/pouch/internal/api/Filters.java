package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.api.ApiException.Code;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What a client wants to see of many: `{"status":{"exited":true}}`, or with arrays, as older
/// clients write it. Of one key's values any may match, and every key must.
final class Filters {
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
          Set<String> values = wanted.computeIfAbsent(entry.getKey(), _ -> new HashSet<>());
          if (entry.getValue().isObject()) {
            entry.getValue().properties().forEach(value -> values.add(value.getKey()));
          } else {
            entry.getValue().forEach(value -> values.add(value.asString("")));
          }
        });
    return new Filters(wanted);
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
