package dev.groundhog.pouch.internal.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which image a name means: a file for each, so that a name moves from one image to another in one
/// rename. Guarded by the store's lock.
final class Names {
  private static final System.Logger LOG = System.getLogger(Names.class.getName());

  private final Path folder;
  private final Path beside;
  private final TreeMap<ImageName, String> ids = new TreeMap<>();

  private Names(Path folder, Path beside) {
    this.folder = folder;
    this.beside = beside;
  }

  /// @param images whose names are of use
  static Names open(Path folder, Path beside, Collection<String> images) throws IOException {
    Names names = new Names(folder, beside);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        names.find(file, images);
      }
    }
    return names;
  }

  private void find(Path found, Collection<String> images) {
    try {
      Metadata record = Metadata.parse("the name", Files.readAllBytes(found)).object();
      ImageName name = SavedImage.name(record.text("name"));
      String image = record.text("image");
      if (!found.equals(file(name)) || !images.contains(image)) {
        throw new IOException(name + " means no image that is there: " + image);
      }
      ids.put(name, image);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left alone: {0}: {1}", found, e.getMessage());
    }
  }

  Optional<String> get(ImageName name) {
    return Optional.ofNullable(ids.get(name));
  }

  List<ImageName> of(String image) {
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue().equals(image))
        .map(Map.Entry::getKey)
        .toList();
  }

  void put(ImageName name, String image) throws IOException {
    byte[] record =
        Metadata.MAPPER.writeValueAsBytes(Map.of("name", name.toString(), "image", image));
    DurableFiles.write(file(name), record, beside);
    ids.put(name, image);
  }

  void remove(ImageName name) throws IOException {
    DurableFiles.delete(file(name));
    ids.remove(name);
  }

  private Path file(ImageName name) {
    String digest = Digest.of(name.toString().getBytes(StandardCharsets.UTF_8));
    return folder.resolve(Digest.hex(digest) + ".json");
  }
}
