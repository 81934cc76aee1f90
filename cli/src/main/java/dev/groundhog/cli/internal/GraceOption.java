package dev.groundhog.cli.internal;

import dev.groundhog.leak.LeakRules;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// For how long a client must have been gone.
final class GraceOption {
  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "threads that work for a client gone for this long are abandoned; default 10s")
  private Optional<Duration> given = Optional.empty();

  boolean isGiven() {
    return given.isPresent();
  }

  Duration time() {
    return given.orElse(LeakRules.DEFAULT.grace());
  }
}
