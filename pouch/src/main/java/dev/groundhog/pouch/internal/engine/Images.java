package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.api.ApiException;
import dev.groundhog.pouch.internal.image.ImageStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The images that containers are made of. Thread-safe.
public interface Images {
  /// What containers of an image do where they don't say otherwise.
  ///
  /// @param id of the image, whole
  /// @param environment `NAME=VALUE`
  /// @param workingDirectory empty for the root
  /// @param user empty for the first
  /// @param stopSignal empty for SIGTERM
  record Image(
      String id,
      List<String> entrypoint,
      List<String> command,
      List<String> environment,
      String workingDirectory,
      String user,
      Map<String, String> labels,
      String stopSignal) {
    public Image {
      entrypoint = List.copyOf(entrypoint);
      command = List.copyOf(command);
      environment = List.copyOf(environment);
      labels = Map.copyOf(labels);
    }
  }

  /// An image that a container has, and that stays until this is closed.
  interface Held extends AutoCloseable {
    /// The folders of its files, bottom to top.
    List<Path> layers();

    @Override
    void close();
  }

  /// @return empty if there is none
  Optional<Image> find(String nameOrId);

  /// Keeps an image for a container, also one that was removed while the container held it.
  ///
  /// @param imageId whole
  /// @throws ApiException if there is no such image any more
  Held hold(String imageId, Container container);

  /// In the words that clients know.
  static ApiException noSuchImage(String name) {
    return ImageStore.noSuchImage(name);
  }
}
