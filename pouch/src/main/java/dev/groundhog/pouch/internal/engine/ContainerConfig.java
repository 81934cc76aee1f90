package dev.groundhog.pouch.internal.engine;

import java.util.List;
import java.util.Map;

/// What a container is to run, as it was asked for.
///
/// @param image as asked for
/// @param command entrypoint and command together; not empty
/// @param environment `NAME=VALUE`
/// @param workingDirectory empty for the root
/// @param labels for people and filters
/// @param logOptions of the json-file driver
/// @param stopSignal a name such as `SIGTERM`, or a number
/// @param stopSeconds between that and SIGKILL
/// @param removeWhenEnded `--rm`
public record ContainerConfig(
    String image,
    List<String> command,
    List<String> environment,
    String workingDirectory,
    Map<String, String> labels,
    Map<String, String> logOptions,
    String stopSignal,
    int stopSeconds,
    boolean removeWhenEnded) {

  public ContainerConfig {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    labels = Map.copyOf(labels);
    logOptions = Map.copyOf(logOptions);
  }
}
