package dev.groundhog.pouch;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// Which lines of a container's log are wanted.
///
/// @param follow whether to wait for more, until the container ends
/// @param tail how many of the last lines; all if empty
/// @param timestamps whether each line begins with its time
public record LogsRequest(
    boolean follow,
    OptionalLong tail,
    Optional<Instant> since,
    Optional<Instant> until,
    boolean timestamps) {

  /// All that there is.
  public static LogsRequest all() {
    return new LogsRequest(false, OptionalLong.empty(), Optional.empty(), Optional.empty(), false);
  }

  /// The same, and what comes until the container ends.
  public LogsRequest following() {
    return new LogsRequest(true, tail, since, until, timestamps);
  }
}
