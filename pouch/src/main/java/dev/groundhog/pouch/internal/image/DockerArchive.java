package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.image.SavedImage.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `docker save` writes: `manifest.json` names a config and layers for each image.
final class DockerArchive {
  static final String MANIFEST = "manifest.json";

  /// Where the name of a member is its digest.
  private static final Pattern BLOB =
      Pattern.compile("(?:blobs/sha256/([0-9a-f]{64})|([0-9a-f]{64})\\.json)");

  private DockerArchive() {}

  static List<SavedImage> images(ImageArchive archive, Limits limits) throws IOException {
    List<SavedImage> images = new ArrayList<>();
    Metadata manifest = Metadata.parse(MANIFEST, archive.document(MANIFEST));
    for (Metadata image : manifest.elements(limits.images())) {
      images.add(image(archive, image.object(), limits));
    }
    if (images.isEmpty()) {
      throw new ArchiveException("the archive has no image: " + MANIFEST + " is empty");
    }
    return images;
  }

  private static SavedImage image(ImageArchive archive, Metadata image, Limits limits)
      throws IOException {
    String member = image.text("Config");
    byte[] config = archive.document(member);
    Optional<String> named = digest(member);
    if (named.isPresent() && !named.get().equals(Digest.of(config))) {
      throw new ArchiveException("the image's config is not " + named.get());
    }
    List<Layer> layers = new ArrayList<>();
    for (String layer : image.texts("Layers", limits.layers())) {
      layers.add(new Layer(layer, digest(layer)));
    }
    List<ImageName> names = new ArrayList<>();
    for (String name : image.texts("RepoTags", limits.names())) {
      names.add(SavedImage.name(name));
    }
    return new SavedImage(config, layers, names, limits);
  }

  private static Optional<String> digest(String member) {
    Matcher matcher = BLOB.matcher(member);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.ofNullable(matcher.group(1))
        .or(() -> Optional.ofNullable(matcher.group(2)))
        .map(hex -> Digest.PREFIX + hex);
  }
}
