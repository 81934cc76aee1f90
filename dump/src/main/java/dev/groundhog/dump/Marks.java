package dev.groundhog.dump;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What threads of this JVM say of themselves. Safe to share.
@FunctionalInterface
public interface Marks {
  /// Nothing is known.
  Marks NONE = _ -> Marked.NOT;

  /// What one thread says of itself.
  ///
  /// @param labels its labels by name
  /// @param clientGone how long the client is gone for whom it works
  record Marked(Map<String, String> labels, Optional<Duration> clientGone) {
    public static final Marked NOT = new Marked(Map.of(), Optional.empty());
  }

  Marked of(Thread thread);
}
