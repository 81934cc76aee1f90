package dev.groundhog.cli.internal;

import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// The one argument that every verb on a target has.
final class TargetArgument {
  @Parameters(
      index = "0",
      paramLabel = "TARGET",
      description = "a PID, an http(s):// URL, host:port, a file, or -")
  private String spec = "";

  /// Two dumps cannot both come from standard input: the second would find it empty.
  static void requireOneStandardInput(CommandSpec command, String one, String other) {
    if (one.equals("-") && other.equals("-")) {
      throw new ParameterException(
          command.commandLine(), "only one of the two can be standard input: give a file");
    }
  }

  String spec() {
    return spec;
  }

  Target target() throws TargetException {
    return Target.of(spec);
  }
}
