package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.util.ArrayList;
import java.util.List;

/// Paths in archives: relative, and going down only.
final class TarPath {
  private static final int MAX_PART_BYTES = 255;

  private TarPath() {}

  /// The parts of a path, without `.` and empty ones.
  static List<String> parts(String path, Limits limits) throws ArchiveException {
    if (path.length() > limits.nameBytes()) {
      throw new ArchiveException(
          "a path has more than " + limits.nameBytes() + " bytes: " + ByteNames.shown(path));
    }
    if (path.startsWith("/")) {
      throw new ArchiveException("an absolute path: " + ByteNames.shown(path));
    }
    if (path.indexOf('\0') >= 0) {
      throw new ArchiveException("a path with a zero byte: " + ByteNames.shown(path));
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new ArchiveException("a path that leads upwards: " + ByteNames.shown(path));
      }
      if (part.length() > MAX_PART_BYTES) {
        throw new ArchiveException(
            "a name has more than " + MAX_PART_BYTES + " bytes: " + ByteNames.shown(part));
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (parts.size() > limits.depth()) {
      throw new ArchiveException(
          "a path has more than " + limits.depth() + " parts: " + ByteNames.shown(path));
    }
    return parts;
  }

  /// Where a symbolic link leads, by its text alone.
  ///
  /// @param folder in which the link is
  static List<String> follow(List<String> folder, String link, Limits limits)
      throws ArchiveException {
    if (link.length() > limits.nameBytes() || link.startsWith("/")) {
      throw new ArchiveException("a link leads out of the archive: " + ByteNames.shown(link));
    }
    List<String> parts = new ArrayList<>(folder);
    for (String part : link.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new ArchiveException("a link leads out of the archive: " + ByteNames.shown(link));
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }
}
