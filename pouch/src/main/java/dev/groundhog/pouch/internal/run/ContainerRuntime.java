package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.engine.ContainerConfig;
import java.io.IOException;
import java.nio.file.Path;

/// How containers are run.
public interface ContainerRuntime {
  /// As `info` names it.
  String name();

  /// What it does not isolate, for people; empty if it isolates all.
  String warning();

  /// @param folder the container's own
  Launch launch(String id, ContainerConfig config, Path folder) throws IOException;

  /// Sends a signal to a container's first process.
  ///
  /// @param signal its name without `SIG`, or its number
  void signal(String id, long pid, String signal) throws IOException, InterruptedException;
}
