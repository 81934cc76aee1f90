package dev.groundhog.junit.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// What is set for the whole run, as JUnit's configuration parameters or as system properties.
///
/// @param baseline the leaks that are known, if there is such a file
/// @param writesBaseline whether leaks are written into it, and fail nothing
/// @param report the folder for the report of the run, if there is to be one
record RunOptions(
    Unused unusedIgnores, Optional<Path> baseline, boolean writesBaseline, Optional<Path> report) {
  static final String UNUSED = CheckSettings.PROPERTY + ".unused-ignores";

  static final String BASELINE = CheckSettings.PROPERTY + ".baseline";
  static final String REPORT = CheckSettings.PROPERTY + ".report";
  static final String WRITE = BASELINE + ".write";

  /// What an ignore leads to that expected nothing in the whole run.
  enum Unused {
    WARN,
    FAIL,
    OFF
  }

  static final RunOptions DEFAULT =
      new RunOptions(Unused.WARN, Optional.empty(), false, Optional.empty());

  /// @throws IllegalArgumentException if a value is not known; the message says which are
  static RunOptions of(Function<String, Optional<String>> values) {
    Optional<Path> baseline = values.apply(BASELINE).map(value -> path(BASELINE, value));
    boolean writes = values.apply(WRITE).map(RunOptions::isTrue).orElse(false);
    if (writes && baseline.isEmpty()) {
      throw new IllegalArgumentException(WRITE + "=true: say into which file by " + BASELINE);
    }
    return new RunOptions(
        values.apply(UNUSED).map(RunOptions::unused).orElse(Unused.WARN),
        baseline,
        writes,
        values.apply(REPORT).map(value -> path(REPORT, value)));
  }

  private static Path path(String property, String value) {
    try {
      if (!value.isBlank()) {
        return Path.of(value);
      }
    } catch (InvalidPathException _) {
      // as below
    }
    throw new IllegalArgumentException(property + "=" + value + ": this is no path");
  }

  private static boolean isTrue(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(WRITE + "=" + value + ": it is true or false");
    };
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
