package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Files of a container as the container sees them, read from the layers of its file system where
/// that is not mounted. Links are followed as in the container, so that none leads out of it.
final class LayeredFiles {
  private static final int MOST_LINKS = 40;
  private static final int MOST_NAMES = 255;

  private final List<Path> layers;
  private final Predicate<Path> isOpaque;

  /// @param layers top to bottom
  /// @param isOpaque whether a folder of a layer hides those below it
  LayeredFiles(List<Path> layers, Predicate<Path> isOpaque) {
    this.layers = List.copyOf(layers);
    this.isOpaque = isOpaque;
  }

  /// What is found under a name: one thing that is no folder, or the folders that make up one.
  private record Found(Optional<Path> file, List<Path> folders) {
    static final Found NOTHING = new Found(Optional.empty(), List.of());
  }

  /// A small text file.
  ///
  /// @param path without a leading `/`
  /// @return empty if there is no such regular file
  /// @throws IOException if it is larger than that, or its links go in circles
  Optional<byte[]> read(String path, int mostBytes) throws IOException {
    Walk walk = walk(path);
    Optional<Path> file = walk.found().file();
    return walk.isWhole()
            && file.isPresent()
            && Files.isRegularFile(file.get(), LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(content(file.get(), path, mostBytes))
        : Optional.empty();
  }

  /// Whether a path leads to or through something that is no folder, so that none can be made
  /// there.
  ///
  /// @throws IOException if its links go in circles
  boolean hasFileOnTheWay(String path) throws IOException {
    return walk(path).found().file().isPresent();
  }

  /// How far a path leads.
  ///
  /// @param isWhole whether to its end
  private record Walk(Found found, boolean isWhole) {}

  private Walk walk(String path) throws IOException {
    Deque<String> names = new ArrayDeque<>(List.of(path.split("/", -1)));
    Deque<List<Path>> folders = new ArrayDeque<>(List.of(layers));
    int links = 0;
    while (!names.isEmpty()) {
      if (names.size() > MOST_NAMES) {
        throw new IOException("too many names in the path of /" + path);
      }
      String name = names.removeFirst();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        if (folders.size() > 1) {
          folders.removeLast();
        }
        continue;
      }
      Found found = find(folders.getLast(), name);
      if (found.file().isEmpty()) {
        if (found.folders().isEmpty()) {
          return new Walk(Found.NOTHING, false);
        }
        folders.addLast(found.folders());
        continue;
      }
      Path file = found.file().get();
      if (Files.isSymbolicLink(file)) {
        if (++links > MOST_LINKS) {
          throw new IOException("too many links on the way to /" + path);
        }
        follow(Files.readSymbolicLink(file).toString(), names, folders);
        continue;
      }
      return new Walk(found, names.isEmpty());
    }
    return new Walk(new Found(Optional.empty(), folders.getLast()), true);
  }

  private void follow(String target, Deque<String> names, Deque<List<Path>> folders) {
    if (target.startsWith("/")) {
      folders.clear();
      folders.add(layers);
    }
    for (String name : List.of(target.split("/", -1)).reversed()) {
      names.addFirst(name);
    }
  }

  private Found find(List<Path> folders, String name) throws IOException {
    List<Path> merged = new ArrayList<>();
    for (Path folder : folders) {
      Path path = folder.resolve(name);
      BasicFileAttributes attributes;
      try {
        attributes =
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      } catch (java.nio.file.NoSuchFileException _) {
        continue;
      }
      if (attributes.isDirectory()) {
        merged.add(path);
        if (isOpaque.test(path)) {
          break;
        }
      } else if (merged.isEmpty() && !isWhiteout(path, attributes)) {
        return new Found(Optional.of(path), List.of());
      } else {
        break; // what is below is hidden
      }
    }
    return merged.isEmpty() ? Found.NOTHING : new Found(Optional.empty(), merged);
  }

  /// A character device 0:0 hides what has its name in the layers below.
  private static boolean isWhiteout(Path path, BasicFileAttributes attributes) throws IOException {
    return attributes.isOther()
        && Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS).equals(0L);
  }

  private static byte[] content(Path file, String path, int mostBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(mostBytes + 1);
      if (content.length > mostBytes) {
        throw new IOException("/" + path + " is larger than " + mostBytes + " bytes");
      }
      return content;
    }
  }
}
