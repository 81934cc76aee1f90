package dev.groundhog.pouch.internal.image;

import java.util.List;
import java.util.Map;

/// How containers of an image are run, where they don't say otherwise.
///
/// @param environment `NAME=VALUE`
/// @param workingDirectory empty for the root
/// @param user `USER`, `UID`, `USER:GROUP` or `UID:GID`; empty for root
/// @param stopSignal empty for `SIGTERM`
public record ImageConfig(
    List<String> entrypoint,
    List<String> command,
    List<String> environment,
    String workingDirectory,
    String user,
    Map<String, String> labels,
    String stopSignal) {

  private static final int MOST = 10_000;

  public ImageConfig {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    labels = Map.copyOf(labels);
  }

  static ImageConfig of(Metadata config) throws ArchiveException {
    return new ImageConfig(
        config.texts("Entrypoint", MOST),
        config.texts("Cmd", MOST),
        config.texts("Env", MOST),
        config.text("WorkingDir"),
        config.text("User"),
        config.textMap("Labels"),
        config.text("StopSignal"));
  }
}
