package dev.groundhog.junit.internal;

import java.util.Optional;

/// A JVM that was told not to keep track of virtual threads that were started directly.
final class Untracked {
  private static final String PROPERTY = "jdk.trackAllThreads";

  private Untracked() {}

  /// What is not seen then. As the JDK reads the property: all are tracked unless it says something
  /// else than `true`.
  static Optional<String> note() {
    String value = System.getProperty(PROPERTY, "");
    return value.isEmpty() || Boolean.parseBoolean(value)
        ? Optional.empty()
        : Optional.of(
            "virtual threads that were started directly are not seen, since "
                + PROPERTY
                + " is "
                + value);
  }
}
