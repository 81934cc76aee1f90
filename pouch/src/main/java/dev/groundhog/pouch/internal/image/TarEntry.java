package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.util.List;
import java.util.Map;

/// A member of a tar. Names are bytes on Linux: each character of `path` and `link` is one of them
/// (ISO 8859-1), whatever they mean.
///
/// @param path its parts; empty for the root
/// @param link as it is written, of a link
/// @param size of its content, 0 for all but files
/// @param mode permissions with setuid, setgid and sticky
/// @param attributes extended ones, by name
record TarEntry(
    Type type,
    List<String> path,
    String link,
    long size,
    int mode,
    int user,
    int group,
    long modifiedSeconds,
    int modifiedNanos,
    Map<String, byte[]> attributes) {

  enum Type {
    FILE,
    FOLDER,
    SYMBOLIC_LINK,
    HARD_LINK,
    DEVICE,
    FIFO
  }

  TarEntry {
    path = List.copyOf(path);
    attributes = Map.copyOf(attributes);
  }

  String name() {
    return path.isEmpty() ? "" : path.getLast();
  }

  List<String> parent() {
    return path.subList(0, Math.max(0, path.size() - 1));
  }

  /// For people, with nothing that a terminal would obey.
  String shown() {
    return ByteNames.shown(String.join("/", path));
  }
}
