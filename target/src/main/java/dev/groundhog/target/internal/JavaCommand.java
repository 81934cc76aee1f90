package dev.groundhog.target.internal;

import java.util.List;
import java.util.Set;

/// Reads the command line of a `java` launcher: what it runs stands behind its options.
final class JavaCommand {
  /// Options of the launcher whose value is the next word; all may also be written with `=`.
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--limit-modules",
          "--add-reads",
          "--add-exports",
          "--add-opens",
          "--patch-module",
          "--enable-native-access",
          "--illegal-native-access",
          "--source");

  private static final Set<String> BEFORE_PROGRAM = Set.of("-jar", "-m", "--module");

  private JavaCommand() {}

  /// The main class, module or jar and its arguments; all words if they are no `java` command.
  static String program(List<String> words) {
    if (words.isEmpty()
        || !(words.getFirst().equals("java") || words.getFirst().endsWith("/java"))) {
      return String.join(" ", words);
    }
    int index = 1;
    while (index < words.size()) {
      String word = words.get(index);
      if (BEFORE_PROGRAM.contains(word)) {
        return String.join(" ", words.subList(index + 1, words.size()));
      }
      if (!word.startsWith("-") && !word.startsWith("@")) {
        return String.join(" ", words.subList(index, words.size()));
      }
      index += WITH_VALUE.contains(word) ? 2 : 1;
    }
    return String.join(" ", words);
  }
}
