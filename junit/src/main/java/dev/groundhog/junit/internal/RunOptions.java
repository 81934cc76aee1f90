package dev.groundhog.junit.internal;

import java.util.Optional;
import java.util.function.Function;

/// What is set for the whole run, as JUnit's configuration parameters or as system properties.
record RunOptions(Unused unusedIgnores) {
  static final String UNUSED = CheckSettings.PROPERTY + ".unused-ignores";

  /// What an ignore leads to that expected nothing in the whole run.
  enum Unused {
    WARN,
    FAIL,
    OFF
  }

  static final RunOptions DEFAULT = new RunOptions(Unused.WARN);

  /// @throws IllegalArgumentException if a value is not known; the message says which are
  static RunOptions of(Function<String, Optional<String>> values) {
    return new RunOptions(values.apply(UNUSED).map(RunOptions::unused).orElse(Unused.WARN));
  }

  private static Unused unused(String value) {
    return switch (value) {
      case "warn" -> Unused.WARN;
      case "fail" -> Unused.FAIL;
      case "off" -> Unused.OFF;
      default ->
          throw new IllegalArgumentException(UNUSED + "=" + value + ": it is warn, fail or off");
    };
  }
}
