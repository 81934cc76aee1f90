package dev.groundhog.dump;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// Whose dump this is, as far as the dump tells.
///
/// @param runtime the runtime and its version in its own words: `25.0.3+9-LTS`; empty if not told
/// @param format the format that was read: `Thread.dump_to_file JSON`, `Go debug=2`
public record ProcessInfo(OptionalLong pid, Optional<Instant> time, String runtime, String format) {
  /// The format of a JVM that looked at its own threads. It alone tells whose clients have gone.
  public static final String LIVE = "live";
}
