package dev.groundhog.pouch.internal.image;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// An image of the store, as it was when it was asked for.
///
/// @param names `busybox:latest`, `host/name:tag`, sorted; none of one that is only known by its id
/// @param bytes of the files in its layers
/// @param folders of its layers, the lowest first, none twice: what overlayfs wants as `lowerdir`,
///   turned round
public record Image(ImageDocument document, List<String> names, long bytes, List<Path> folders) {
  public Image {
    names = List.copyOf(names);
    folders = List.copyOf(folders);
  }

  /// The digest of its config, with `sha256:` before it.
  public String id() {
    return document.id();
  }

  public Instant created() {
    return document.created();
  }

  public ImageConfig config() {
    return document.config();
  }
}
