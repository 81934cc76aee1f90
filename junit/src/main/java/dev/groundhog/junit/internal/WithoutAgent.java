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

  /// A test may run plans itself, which do not change what the one around them says.
  private static int plans;

  /// A plan of JUnit begins.
  ///
  /// @param value what its configuration says
  static synchronized void planBegins(Optional<String> value) {
    if (plans++ == 0) {
      configured = value;
    }
  }

  static synchronized void planEnds() {
    if (--plans == 0) {
      configured = Optional.empty();
    }
  }

  /// @throws IllegalArgumentException if the property says what is not known
  static WithoutAgent chosen() {
    return of(configured.orElseGet(() -> System.getProperty(PROPERTY, "load")));
  }

  /// @throws IllegalArgumentException if it is not known
  static WithoutAgent of(String value) {
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
