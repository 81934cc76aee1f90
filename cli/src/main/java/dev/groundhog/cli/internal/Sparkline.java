package dev.groundhog.cli.internal;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Draws numbers as one line of characters.
///
/// @param steps from the lowest to the highest
record Sparkline(String steps) {
  static final Sparkline BLOCKS = new Sparkline("▁▂▃▄▅▆▇█");
  static final Sparkline ASCII = new Sparkline("_.,-=+*#");

  private static final String UNKNOWN = "?";

  /// Of blocks, but on a terminal that does not read UTF-8, as far as the locale says.
  static Sparkline of(Map<String, String> environment, boolean terminal) {
    String locale =
        Stream.of("LC_ALL", "LC_CTYPE", "LANG")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(value -> !value.isEmpty())
            .findFirst()
            .orElse("")
            .toLowerCase(Locale.ROOT);
    return !terminal || locale.contains("utf-8") || locale.contains("utf8") ? BLOCKS : ASCII;
  }

  /// One character for each number, from the lowest of them to the highest; a step is at least one,
  /// so that what hardly changes looks flat.
  String draw(List<OptionalLong> numbers) {
    long lowest = numbers.stream().flatMapToLong(OptionalLong::stream).min().orElse(0);
    long highest = numbers.stream().flatMapToLong(OptionalLong::stream).max().orElse(0);
    int top = steps.length() - 1;
    long range = Math.max(highest - lowest, top);
    return numbers.stream()
        .map(number ->
            number.isEmpty()
                ? UNKNOWN
                : step(Math.round((double) (number.getAsLong() - lowest) * top / range)))
        .collect(Collectors.joining());
  }

  private String step(long index) {
    return String.valueOf(steps.charAt((int) index));
  }
}
