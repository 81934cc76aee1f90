package dev.groundhog.pouch.internal.image;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Unpacked layers, each in `N/fs`, and how many use it. Short names, since all of an image's
/// `lowerdir` must fit into one page of mount options. Guarded by the store's lock.
final class Layers {
  private static final System.Logger LOG = System.getLogger(Layers.class.getName());
  private static final String FILES = "fs";
  private static final String RECORD = "layer.json";
  private static final int VERSION = 1;

  private final Path folder;
  private final Path beside;
  private final Map<String, Layer> byDigest = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private long lastNumber;

  /// @param digest of its tar, uncompressed
  /// @param bytes of its files
  record Layer(String digest, long bytes, Path folder) {
    Path files() {
      return folder.resolve(FILES);
    }
  }

  private Layers(Path folder, Path beside) {
    this.folder = folder;
    this.beside = beside;
  }

  /// @param beside on the same file system, for what is not finished
  static Layers open(Path folder, Path beside) throws IOException {
    Layers layers = new Layers(folder, beside);
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        layers.find(child);
      }
    }
    return layers;
  }

  private void find(Path found) {
    try {
      lastNumber = Math.max(lastNumber, Long.parseLong(found.getFileName().toString()));
      Metadata record =
          Metadata.parse("the record", Files.readAllBytes(found.resolve(RECORD))).object();
      if (record.number("version") != VERSION) {
        throw new IOException("it is of another version");
      }
      Layer layer = new Layer(record.text("digest"), record.number("bytes"), found);
      byDigest.putIfAbsent(layer.digest(), layer);
    } catch (IOException | NumberFormatException e) {
      LOG.log(System.Logger.Level.WARNING, "left alone: {0}: {1}", found, e.getMessage());
    }
  }

  /// Before a folder is one of a layer.
  static Path prepare(Path workspace) throws IOException {
    return Files.createDirectories(workspace.resolve(FILES));
  }

  /// What is written into a layer's folder when all else is.
  static void finish(Path workspace, String digest, long bytes) throws IOException {
    byte[] record =
        Metadata.MAPPER.writeValueAsBytes(
            Map.of("version", VERSION, "digest", digest, "bytes", bytes));
    Files.write(workspace.resolve(RECORD), record);
  }

  /// One more uses a layer, if it is there.
  Optional<Layer> use(String digest) {
    Optional<Layer> layer = Optional.ofNullable(byDigest.get(digest));
    layer.ifPresent(found -> uses.merge(found.digest(), 1, Integer::sum));
    return layer;
  }

  Optional<Layer> get(String digest) {
    return Optional.ofNullable(byDigest.get(digest));
  }

  /// Takes a finished folder over, unless another has come first. It is used once.
  Layer add(String digest, long bytes, Path finished) throws IOException {
    Optional<Layer> known = use(digest);
    if (known.isPresent()) {
      return known.get();
    }
    Path target = folder.resolve(Long.toString(lastNumber + 1));
    lastNumber++;
    DurableFiles.move(finished, target);
    byDigest.put(digest, new Layer(digest, bytes, target));
    return use(digest).orElseThrow();
  }

  /// One less uses a layer. Who was last has it removed.
  ///
  /// @return a folder that is to be deleted
  Optional<Path> release(String digest) throws IOException {
    int left = uses.merge(digest, -1, Integer::sum);
    if (left > 0) {
      return Optional.empty();
    }
    uses.remove(digest);
    Layer layer = byDigest.remove(digest);
    return layer == null ? Optional.empty() : Optional.of(setAside(layer));
  }

  /// Those that nobody uses: their image was not finished, or its removal.
  List<Path> releaseUnused() throws IOException {
    List<Path> removed = new ArrayList<>();
    for (Layer layer : List.copyOf(byDigest.values())) {
      if (!uses.containsKey(layer.digest())) {
        byDigest.remove(layer.digest());
        removed.add(setAside(layer));
      }
    }
    return removed;
  }

  private Path setAside(Layer layer) throws IOException {
    Path aside = beside.resolve("layer-" + layer.folder().getFileName());
    DurableFiles.move(layer.folder(), aside);
    return aside;
  }
}
