package dev.groundhog.pouch.internal.run;

import java.nio.file.Path;
import java.util.List;

/// What a parent needs to start one process: a container, or an `exec` in it.
///
/// @param id under which its exit code appears
/// @param folder where its parent keeps its streams
/// @param directory in which `command` is started
/// @param command the whole command line on this machine
/// @param pidFile in which the pid of the process appears, by rename, once it runs: if the command
///   does not write it, [#leaderFile]
/// @param hasInput whether its standard input is `stdin` in the folder; else nothing can be read
/// @param isTerminal whether it has a terminal; then there is only `stdout.raw`
public record Launch(
    String id,
    Path folder,
    Path directory,
    List<String> command,
    Path pidFile,
    boolean hasInput,
    boolean isTerminal) {
  public Launch {
    command = List.copyOf(command);
  }

  /// Where a parent writes the pid of the command that it has started.
  static Path leaderFile(Path folder) {
    return folder.resolve("leader");
  }
}
