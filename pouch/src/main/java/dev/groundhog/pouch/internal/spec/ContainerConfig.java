package dev.groundhog.pouch.internal.spec;

import java.util.Map;

/// What a container is to run, as it was asked for.
///
/// @param image as asked for
/// @param imageId of the image that this was then; empty for this machine's own files
/// @param process its first process
/// @param host what it gets of this machine
/// @param hostname empty for the beginning of its id
/// @param labels for people and filters
/// @param logOptions of the json-file driver
/// @param stopSignal a name such as `SIGTERM`, or a number
/// @param stopSeconds between that and SIGKILL
/// @param removeWhenEnded `--rm`
public record ContainerConfig(
    String image,
    String imageId,
    ProcessConfig process,
    HostConfig host,
    String hostname,
    Map<String, String> labels,
    Map<String, String> logOptions,
    String stopSignal,
    int stopSeconds,
    boolean removeWhenEnded) {

  public ContainerConfig {
    labels = Map.copyOf(labels);
    logOptions = Map.copyOf(logOptions);
  }
}
