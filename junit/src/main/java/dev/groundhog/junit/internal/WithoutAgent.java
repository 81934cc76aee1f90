package dev.groundhog.junit.internal;

import java.util.Locale;
import java.util.Optional;

/// What the check does in a JVM that was started without the agent: the system property
/// `groundhog.leak-check.without-agent`, which JUnit's configuration may give too.
enum WithoutAgent {
  /// Loads it.
  LOAD,
  /// Looks with the JDK's own dump, which is not safe while virtual threads mount and unmount
  /// (JDK-8364343).
  JDK,
  /// Looks at platform threads alone.
  PLATFORM;

  static final String PROPERTY = "groundhog.leak-check.without-agent";

  private static volatile Optional<String> configured = Optional.empty();

  /// What JUnit's configuration says.
  static void configure(Optional<String> value) {
    configured = value;
  }

  /// @throws IllegalArgumentException if the property says what is not known
  static WithoutAgent chosen() {
    String value = configured.orElseGet(() -> System.getProperty(PROPERTY, "load"));
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "load" -> LOAD;
      case "jdk" -> JDK;
      case "platform" -> PLATFORM;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + "=" + value + ": it is load, jdk or platform");
    };
  }
}
