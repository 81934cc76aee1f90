package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.TargetException;
import java.time.Duration;
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

  /// As [#dumps], with the threads marked that a collection in the target has proven to be leaked.
  ///
  /// @param minWait only threads that are known to have waited for so long are judged
  default List<Dump> proven(Duration minWait) throws TargetException {
    throw new TargetException(
        TargetException.Code.USAGE,
        name() + " is no running process: only that can prove leaks, by its own collector");
  }

  /// Which functions the target has; `dump` is a look at it.
  default KnownFunctions knownFunctions(Dump dump) {
    return KnownFunctions.seenIn(dump);
  }

  /// Which functions the target marks as leak-prone; it has been looked at before.
  default MarkedFunctions markedFunctions() throws TargetException {
    throw cannotTell("the agent in a running JVM does, so give its PID or URL");
  }

  /// @param next what to do, beside naming functions
  default TargetException cannotTell(String next) {
    return new TargetException(
        TargetException.Code.USAGE,
        name()
            + " does not tell which functions are marked @LeakProne: "
            + next
            + ", or name functions, as in --absent Server.logs");
  }
}
