package dev.groundhog.pouch;

import java.util.List;
import java.util.Optional;

/// A command to be run in a container that runs, without standard input.
///
/// @param environment `NAME=VALUE`, added to the container's
public record ExecRequest(
    List<String> command,
    List<String> environment,
    Optional<String> user,
    Optional<String> workingDirectory) {

  public ExecRequest {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
  }

  /// A command with the container's environment, user and directory.
  public static ExecRequest of(String... command) {
    return new ExecRequest(List.of(command), List.of(), Optional.empty(), Optional.empty());
  }
}
