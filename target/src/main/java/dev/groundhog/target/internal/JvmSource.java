package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.TargetException;
import java.util.List;
import java.util.OptionalLong;

/// A JVM by its PID, with nothing loaded into it and nothing left on its disk.
public record JvmSource(long processId) implements Source {
  @Override
  public String name() {
    return "PID " + processId;
  }

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.of(processId);
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    return JvmAttach.dump(processId);
  }

  @Override
  public KnownFunctions knownFunctions(Dump dump) {
    return JvmFunctions.of(processId, dump);
  }
}
