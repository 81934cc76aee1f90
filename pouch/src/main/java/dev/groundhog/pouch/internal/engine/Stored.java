package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.io.WholeFile;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// What of a container survives the daemon: a file in its folder, written beside and renamed. Its
/// form goes with [DataRoot#VERSION].
record Stored(
    String id, String name, Instant created, ContainerConfig config, ContainerState state) {
  private static final String FILE = "container.json";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /// Stores a container as it is now.
  static void write(Container container) throws IOException {
    synchronized (container.storing) { // a rename and an end may come together
      of(container, container.name()).write(container.folder());
    }
  }

  /// Gives it another name, if that can be stored.
  static void rename(Container container, String name) throws IOException {
    synchronized (container.storing) {
      of(container, name).write(container.folder());
      container.rename(name);
    }
  }

  private static Stored of(Container container, String name) {
    return new Stored(
        container.id(), name, container.created(), container.config(), container.state());
  }

  void write(Path folder) throws IOException {
    WholeFile.write(folder.resolve(FILE), JSON.writeValueAsBytes(this));
  }

  /// @throws IOException if there is none, or it is damaged
  static Stored read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      Stored stored = JSON.readValue(Files.readAllBytes(file), Stored.class);
      if (!folder.endsWith(stored.id)) {
        throw new IOException(file + " is of another container: " + stored.id);
      }
      return stored;
    } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
      throw new IOException(file + " is damaged", e);
    }
  }
}
