package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.TargetException;
import java.util.List;
import java.util.OptionalLong;

/// Where dumps come from.
public sealed interface Source permits FileSource, HttpSource, JvmSource, StandardInput {
  String name();

  boolean changes();

  default OptionalLong pid() {
    return OptionalLong.empty();
  }

  List<Dump> dumps() throws TargetException;

  /// Which functions the target has; `dump` is a look at it.
  default KnownFunctions knownFunctions(Dump dump) {
    return KnownFunctions.seenIn(dump);
  }
}
