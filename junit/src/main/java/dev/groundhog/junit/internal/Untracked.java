package dev.groundhog.junit.internal;

import java.util.Optional;

/// A JVM that was told not to keep track of virtual threads that were started directly.
final class Untracked {
  private Untracked() {}

  /// What is not seen then.
  static Optional<String> note() {
    return "false".equals(System.getProperty("jdk.trackAllThreads"))
        ? Optional.of(
            "virtual threads that were started directly are not seen, since jdk.trackAllThreads is"
                + " false")
        : Optional.empty();
  }
}
