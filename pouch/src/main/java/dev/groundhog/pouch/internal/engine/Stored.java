package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.spec.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// What of a container survives the daemon: a file in its folder, written beside and renamed.
///
/// @param version of this form
record Stored(
    int version,
    String id,
    String name,
    Instant created,
    ContainerConfig config,
    ContainerState state) {
  private static final int VERSION = 3;
  private static final String FILE = "container.json";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  static void write(Container container) throws IOException {
    synchronized (container) { // a rename and an end may come together
      writeNow(container);
    }
  }

  private static void writeNow(Container container) throws IOException {
    Stored stored =
        new Stored(
            VERSION,
            container.id(),
            container.name(),
            container.created(),
            container.config(),
            container.state());
    Path file = container.folder().resolve(FILE);
    Path beside = container.folder().resolve(FILE + ".new");
    Files.write(beside, JSON.writeValueAsBytes(stored));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// @throws IOException if there is none, or it is damaged
  static Stored read(Path folder) throws IOException {
    try {
      Stored stored = JSON.readValue(Files.readAllBytes(folder.resolve(FILE)), Stored.class);
      if (stored.version != VERSION) {
        throw new IOException(folder.resolve(FILE) + " is of another version: " + stored.version);
      }
      return stored;
    } catch (JacksonException e) {
      throw new IOException(folder.resolve(FILE) + " is damaged", e);
    }
  }
}
