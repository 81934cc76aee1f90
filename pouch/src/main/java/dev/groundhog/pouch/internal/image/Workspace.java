package dev.groundhog.pouch.internal.image;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A folder for one archive on its way into the store. All that is left in it is deleted.
final class Workspace implements Closeable {
  private static final System.Logger LOG = System.getLogger(Workspace.class.getName());

  private final Path folder;
  private final List<Path> also = new ArrayList<>();
  private int layers;

  private Workspace(Path folder) {
    this.folder = folder;
  }

  static Workspace in(Path folder) throws IOException {
    return new Workspace(Files.createTempDirectory(folder, "load-"));
  }

  /// Writes an archive down, uncompressed.
  Path spool(InputStream in, Budget budget) throws IOException {
    Path file = folder.resolve("archive.tar");
    try (InputStream counted = budget.archive(Compression.open(in));
        OutputStream out = new FileOutputStream(file.toFile())) {
      counted.transferTo(out);
    }
    return file;
  }

  /// A new folder for a layer.
  Path newLayer() throws IOException {
    return Files.createDirectory(folder.resolve("layer-" + layers++));
  }

  /// Deletes this too.
  void discard(Path path) {
    also.add(path);
  }

  @Override
  public void close() {
    also.add(folder);
    for (Path path : also) {
      try {
        DurableFiles.deleteTree(path);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "stays until the next start: {0}: {1}", path, e);
      }
    }
  }
}
