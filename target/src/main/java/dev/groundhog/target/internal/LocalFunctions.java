package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Which functions a JVM on this machine has whose endpoint does not know them, as one that a
/// server has mounted itself: the JVM is asked by its PID.
///
/// Who listens may pass connections on, so it is asked only if the dump says that it is of the one
/// process that listens at its address. Thread-safe.
final class LocalFunctions {
  private final String host;
  private final int port;
  private final Dump dump;
  private Optional<KnownFunctions> known = Optional.empty();
  private boolean isAsked;

  LocalFunctions(String host, int port, Dump dump) {
    this.host = host;
    this.port = port;
    this.dump = dump;
  }

  /// Empty if the JVM is not here, or does not tell.
  Optional<KnownFunctions.Told> told(FunctionPattern pattern) {
    return known()
        .map(functions ->
            new KnownFunctions.Told(functions.knows(pattern), functions.nearest(pattern)));
  }

  /// Asked once: the answer is long.
  private synchronized Optional<KnownFunctions> known() {
    if (!isAsked) {
      isAsked = true;
      OptionalLong pid = dump.process().pid();
      boolean isHere = pid.isPresent() && Listeners.at(host, port).equals(Set.of(pid.getAsLong()));
      known = isHere ? JvmFunctions.of(pid.getAsLong(), dump) : Optional.empty();
    }
    return known;
  }
}
