package dev.groundhog.examples;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An example's options: names, each with a value, and flags without one.
final class Options {
  private static final int MAX_PORT = 65_535;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Map<String, String> values = new HashMap<>();

  private final Set<String> flags = new HashSet<>();

  /// @throws IllegalArgumentException for an option that is neither among `known` nor a flag, or
  ///   has no value
  Options(String[] arguments, Set<String> knownFlags, String... known) {
    List<String> names = List.of(known);
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (knownFlags.contains(argument)) {
        flags.add(argument);
      } else if (names.contains(argument) && i + 1 < arguments.length) {
        values.put(argument, arguments[++i]);
      } else {
        throw new IllegalArgumentException(
            argument + " is not understood: " + usage(knownFlags, names));
      }
    }
  }

  private static String usage(Set<String> flags, List<String> names) {
    return Stream.concat(names.stream().map(name -> name + " VALUE"), flags.stream().sorted())
        .collect(Collectors.joining(", ", "there is ", ""));
  }

  boolean has(String flag) {
    return flags.contains(flag);
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
