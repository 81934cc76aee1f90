package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.engine.ContainerConfig;
import dev.groundhog.pouch.internal.engine.ProcessConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How containers are run.
public interface ContainerRuntime {
  /// As `info` names it.
  String name();

  /// What it does not isolate, for people; empty if it isolates all.
  String warning();

  /// Refuses what it cannot do for a container, before there is one.
  ///
  /// @throws dev.groundhog.pouch.internal.api.ApiException if there is such a thing
  void check(ContainerConfig config);

  /// How a container's first process is started.
  ///
  /// @param folder the container's own
  /// @param layers folders of its image, bottom to top; empty for this machine's own files
  Launch launch(String id, ContainerConfig config, Path folder, List<Path> layers)
      throws IOException;

  /// How a further process is started in a container that runs.
  ///
  /// @param execId of the process
  /// @param execFolder the process's own
  Launch exec(
      String id,
      ContainerConfig config,
      Path folder,
      ProcessConfig process,
      String execId,
      Path execFolder)
      throws IOException;

  /// Why what was launched there did not start, in the words that clients know; empty if that is
  /// not known.
  String failure(Path folder) throws IOException;

  /// Sends a signal to a container's first process.
  ///
  /// @param signal its name without `SIG`, or its number
  void signal(String id, long pid, String signal) throws IOException, InterruptedException;

  /// The processes of a container that runs, by their pids on this machine.
  List<Long> processes(String id, long pid) throws IOException, InterruptedException;

  /// Removes what is left of a container that has ended, also when there is nothing.
  void clean(String id, Path folder) throws IOException, InterruptedException;
}
