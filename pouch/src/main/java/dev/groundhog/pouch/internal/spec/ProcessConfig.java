package dev.groundhog.pouch.internal.spec;

import java.util.ArrayList;
import java.util.List;

/// A process in a container: its first, or one that `exec` starts beside it.
///
/// @param entrypoint what the command line begins with; may be empty
/// @param arguments what follows; may be empty, but not both
/// @param environment `NAME=VALUE`
/// @param workingDirectory empty for the image's, or the root
/// @param user `UID`, `UID:GID` or names of the container's own files; empty for its first user
/// @param isTerminal whether it has a terminal instead of three streams
/// @param input what its standard input is
public record ProcessConfig(
    List<String> entrypoint,
    List<String> arguments,
    List<String> environment,
    String workingDirectory,
    String user,
    boolean isTerminal,
    Input input) {

  /// What the standard input is.
  public enum Input {
    /// Nothing can be read.
    NONE,
    /// Open, and at its end when the first client that writes to it has come to its end.
    ONCE,
    /// Open for as long as the process runs, whoever comes and goes.
    OPEN
  }

  public ProcessConfig {
    entrypoint = List.copyOf(entrypoint);
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
  }

  /// The same, where what it does not say is as another has it, whose environment it comes over.
  public ProcessConfig over(ProcessConfig other) {
    List<String> all = new ArrayList<>(other.environment);
    all.addAll(environment);
    return new ProcessConfig(
        entrypoint,
        arguments,
        all,
        workingDirectory.isEmpty() ? other.workingDirectory : workingDirectory,
        user.isEmpty() ? other.user : user,
        isTerminal,
        input);
  }

  /// The whole command line.
  public List<String> command() {
    List<String> command = new ArrayList<>(entrypoint);
    command.addAll(arguments);
    return List.copyOf(command);
  }
}
