package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How containers are run.
public interface ContainerRuntime {
  /// As `info` names it.
  String name();

  /// The program that it calls; empty if it has none.
  String path();

  /// How it puts a container's files together, by Docker's name for that; `none` if it does not.
  String storageDriver();

  /// What it does not isolate, for people; empty if it isolates all.
  String warning();

  /// Refuses what it cannot do for a container, before there is one.
  ///
  /// @throws dev.groundhog.pouch.internal.errors.ApiException if there is such a thing
  void check(ContainerConfig config);

  /// Refuses what cannot be with the files of a container's image.
  ///
  /// @param layers folders of the image, bottom to top; empty for this machine's own files
  /// @throws dev.groundhog.pouch.internal.errors.ApiException if there is such a thing
  void check(ContainerConfig config, List<Path> layers) throws IOException;

  /// How a container's first process is started.
  ///
  /// @param folder the container's own
  /// @param layers folders of its image, bottom to top; empty for this machine's own files
  /// @throws dev.groundhog.pouch.internal.errors.ApiException if it can be known that it won't
  ///   start
  Launch launch(String id, ContainerConfig config, Path folder, List<Path> layers)
      throws IOException, InterruptedException;

  /// Where the pid of a process appears, in the folder of its launch.
  Path pidFile(Path folder);

  /// The host name that a container has.
  String hostname(String id, ContainerConfig config);

  /// How a further process is started in a container that runs.
  ///
  /// @param process with all that it has of the container's first
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

  /// Sends a signal to a container's first process. One that has ended gets none, and is no error.
  ///
  /// @param signal of [Signals]
  void signal(String id, long pid, int signal) throws IOException, InterruptedException;

  /// The processes of a container that runs, by their pids on this machine.
  List<Long> processes(String id, long pid) throws IOException, InterruptedException;

  /// Whether the kernel has killed a process of a container that has ended and is not yet cleaned,
  /// for want of memory; false if that is not known.
  boolean wasOutOfMemory(String id) throws IOException;

  /// Kills and removes what is left of a container that has ended, also when there is nothing.
  void clean(String id, Path folder) throws IOException, InterruptedException;

  /// The beginning of an id, which is enough for people.
  static String shortId(String id) {
    return id.substring(0, Math.min(12, id.length()));
  }
}
