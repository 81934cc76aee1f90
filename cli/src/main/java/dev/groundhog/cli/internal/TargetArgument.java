package dev.groundhog.cli.internal;

import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import picocli.CommandLine.Parameters;

/// The one argument that every verb on a target has.
final class TargetArgument {
  @Parameters(
      index = "0",
      paramLabel = "TARGET",
      description = "a PID, an http(s):// URL, host:port, a file, or -")
  private String spec = "";

  Target target() throws TargetException {
    return Target.of(spec);
  }
}
