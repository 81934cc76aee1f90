package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.image.SavedImage.Layer;
import dev.groundhog.pouch.internal.io.ByteNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A tar of an OCI image layout: `index.json` leads to manifests, by their digests.
final class OciLayout {
  static final String INDEX = "index.json";
  private static final String MARK = "oci-layout";
  private static final String VERSION = "1.0.0";
  private static final String OCI = "application/vnd.oci.image.";
  private static final String DOCKER = "application/vnd.docker.distribution.manifest.";
  private static final Set<String> INDEXES = Set.of(OCI + "index.v1+json", DOCKER + "list.v2+json");
  private static final Set<String> MANIFESTS = Set.of(OCI + "manifest.v1+json", DOCKER + "v2+json");
  private static final Set<String> LAYERS =
      Set.of(
          OCI + "layer.v1.tar",
          OCI + "layer.v1.tar+gzip",
          OCI + "layer.v1.tar+zstd",
          OCI + "layer.nondistributable.v1.tar",
          OCI + "layer.nondistributable.v1.tar+gzip",
          OCI + "layer.nondistributable.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.diff.tar.zstd");

  /// Of one index, and of how they lie in each other. A digest can't contain itself, so there is no
  /// loop.
  private static final int MOST_MANIFESTS = 1_000;

  private static final int MOST_LEVELS = 4;

  private final ImageArchive archive;
  private final Limits limits;

  private OciLayout(ImageArchive archive, Limits limits) {
    this.archive = archive;
    this.limits = limits;
  }

  static List<SavedImage> images(ImageArchive archive, Limits limits) throws IOException {
    return new OciLayout(archive, limits).images();
  }

  private List<SavedImage> images() throws IOException {
    String version =
        Metadata.parse(MARK, archive.document(MARK)).object().text("imageLayoutVersion");
    if (!version.equals(VERSION)) {
      throw new ArchiveException("an OCI layout of another version: " + version);
    }
    Metadata index = Metadata.parse(INDEX, archive.document(INDEX)).object();
    List<SavedImage> images = new ArrayList<>();
    for (Metadata descriptor : forThisMachine(index)) {
      if (images.size() == limits.images()) {
        throw new ArchiveException("the archive has more than " + limits.images() + " images");
      }
      images.add(image(descriptor, names(descriptor), 1));
    }
    return images;
  }

  /// What is said to be for another machine is left out, unless nothing is said.
  private static List<Metadata> forThisMachine(Metadata index) throws ArchiveException {
    List<Metadata> fitting = new ArrayList<>();
    for (Metadata descriptor : index.array("manifests", MOST_MANIFESTS)) {
      Metadata platform = descriptor.object().at("platform");
      boolean fits =
          !descriptor.has("platform")
              || (platform.text("os").equals("linux")
                  && platform.text("architecture").equals(Architecture.ofThisMachine()));
      if (fits) {
        fitting.add(descriptor);
      }
    }
    if (fitting.isEmpty()) {
      throw new ArchiveException(
          "the archive has no image for linux/" + Architecture.ofThisMachine());
    }
    return fitting;
  }

  private SavedImage image(Metadata descriptor, List<ImageName> names, int level)
      throws IOException {
    String type = descriptor.text("mediaType");
    if (MANIFESTS.contains(type)) {
      return ofManifest(Metadata.parse("the manifest", blob(descriptor)).object(), names);
    }
    if (!INDEXES.contains(type)) {
      throw new ArchiveException("no image but \"" + type + "\"");
    }
    if (level == MOST_LEVELS) {
      throw new ArchiveException("indexes lie in each other, more than " + MOST_LEVELS);
    }
    List<Metadata> fitting = forThisMachine(Metadata.parse("the index", blob(descriptor)).object());
    if (fitting.size() > 1) {
      throw new ArchiveException(
          "the archive has several images of one name for linux/" + Architecture.ofThisMachine());
    }
    return image(fitting.getFirst(), names, level + 1);
  }

  private SavedImage ofManifest(Metadata manifest, List<ImageName> names) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (Metadata layer : manifest.array("layers", limits.layers())) {
      String type = layer.object().text("mediaType");
      if (!LAYERS.contains(type)) {
        throw new ArchiveException("no layer but \"" + type + "\"");
      }
      String digest = digest(layer);
      verifySize(layer, digest);
      layers.add(new Layer(member(digest), Optional.of(digest)));
    }
    return new SavedImage(blob(manifest.at("config")), layers, names, limits);
  }

  private byte[] blob(Metadata descriptor) throws IOException {
    String digest = digest(descriptor);
    verifySize(descriptor, digest);
    byte[] bytes = archive.document(member(digest));
    if (!Digest.of(bytes).equals(digest)) {
      throw new ArchiveException("a blob is not what its name says: " + digest);
    }
    return bytes;
  }

  private static String digest(Metadata descriptor) throws ArchiveException {
    String digest = descriptor.text("digest");
    if (!Digest.isOne(digest)) {
      throw new ArchiveException("no sha256 digest: " + ByteNames.shown(ByteNames.bytes(digest)));
    }
    return digest;
  }

  private void verifySize(Metadata descriptor, String digest) throws ArchiveException {
    if (descriptor.number("size") != archive.bytes(member(digest))) {
      throw new ArchiveException("a blob is not as large as it is said to be: " + digest);
    }
  }

  private static String member(String digest) {
    return "blobs/sha256/" + Digest.hex(digest);
  }

  /// containerd writes whole names. Others write a tag alone, which is no name, or a name with one.
  private static List<ImageName> names(Metadata descriptor) throws ArchiveException {
    Metadata annotations = descriptor.at("annotations");
    String whole = annotations.text("io.containerd.image.name");
    if (!whole.isEmpty()) {
      return List.of(SavedImage.name(whole));
    }
    String name = annotations.text("org.opencontainers.image.ref.name");
    return name.indexOf(':') < 0 && name.indexOf('/') < 0
        ? List.of()
        : List.of(SavedImage.name(name));
  }
}
