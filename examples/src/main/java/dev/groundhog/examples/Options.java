package dev.groundhog.examples;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An example's options: names, each with a value.
final class Options {
  private static final int MAX_PORT = 65_535;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Map<String, String> values = new HashMap<>();

  /// @throws IllegalArgumentException for an option that is not among `known`, or has no value
  Options(String[] arguments, String... known) {
    List<String> names = List.of(known);
    for (int i = 0; i < arguments.length; i += 2) {
      if (!names.contains(arguments[i]) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            arguments[i] + " is not understood: there is " + String.join(", ", names) + " VALUE");
      }
      values.put(arguments[i], arguments[i + 1]);
    }
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  static int port(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MAX_PORT) {
      throw new IllegalArgumentException(text + " is not a port: 0 to " + MAX_PORT);
    }
    return Integer.parseInt(text);
  }

  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException(text + " is not a duration such as 500ms, 2s or 1m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }
}
