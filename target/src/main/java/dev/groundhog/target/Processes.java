package dev.groundhog.target;

import dev.groundhog.target.internal.ProcFs;
import java.util.List;

/// What could be a target on this machine.
public final class Processes {
  private Processes() {}

  /// JVMs and Go processes that this user can see, by PID. Processes that end meanwhile or that may
  /// not be looked into are left out.
  public static List<ProcessSummary> list() {
    return ProcFs.list();
  }
}
