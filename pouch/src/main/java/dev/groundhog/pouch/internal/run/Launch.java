package dev.groundhog.pouch.internal.run;

import java.nio.file.Path;
import java.util.List;

/// What a parent needs to start one container.
///
/// @param id of the container
/// @param folder of the container, where its parent keeps what it prints
/// @param directory in which `command` is started
/// @param command the whole command line on this machine
public record Launch(String id, Path folder, Path directory, List<String> command) {
  public Launch {
    command = List.copyOf(command);
  }
}
