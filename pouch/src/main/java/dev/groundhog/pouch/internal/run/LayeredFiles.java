package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.io.ByteNames;
import dev.groundhog.pouch.internal.io.Posix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Files of a container as the container sees them, read from the layers of its file system where
/// that is not mounted. Links are followed as in the container, so that none leads out of it,
/// whatever its processes change meanwhile: see [LayeredWalk]. Needs native access, see [Posix].
final class LayeredFiles {
  private final List<Path> layers;

  /// @param layers top to bottom; one that is not there has no files
  LayeredFiles(List<Path> layers) {
    this.layers = List.copyOf(layers);
  }

  /// A small text file.
  ///
  /// @param path from the root, with or without a leading `/`
  /// @return empty if there is no such regular file
  /// @throws IOException if it is larger than that, or the way to it too long
  Optional<byte[]> read(String path, int mostBytes) throws IOException {
    try (LayeredWalk walk = LayeredWalk.of(layers, ByteNames.bytes(path))) {
      Optional<Integer> file = walk.file().filter(_ -> walk.isWhole());
      return file.isPresent() && walk.isRegular(file.get())
          ? Optional.of(content(file.get(), path, mostBytes))
          : Optional.empty();
    }
  }

  /// Whether a path leads to or through something that is no folder, so that none can be made
  /// there.
  ///
  /// @throws IOException if the way is too long
  boolean hasFileOnTheWay(String path) throws IOException {
    try (LayeredWalk walk = LayeredWalk.of(layers, ByteNames.bytes(path))) {
      return walk.file().isPresent();
    }
  }

  private static byte[] content(int file, String path, int mostBytes) throws IOException {
    try (InputStream in = Files.newInputStream(Posix.path(file))) {
      byte[] content = in.readNBytes(mostBytes + 1);
      if (content.length > mostBytes) {
        throw new IOException("/" + path + " is larger than " + mostBytes + " bytes");
      }
      return content;
    }
  }
}
