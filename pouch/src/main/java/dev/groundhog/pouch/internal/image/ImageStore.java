package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Unpacking.Unpacked;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// The images: archives come in here, as a whole or not at all. Thread-safe.
public final class ImageStore {
  private static final System.Logger LOG = System.getLogger(ImageStore.class.getName());

  private final Path unfinished;
  private final Limits limits;
  private final Semaphore loads;

  // Guarded by this lock, which is not held while an archive is read.
  private final Object lock = new Object();
  private final ImageCatalog catalog;

  private ImageStore(Path folder, Limits limits) throws IOException {
    this.limits = limits;
    this.loads = new Semaphore(limits.loads(), true);
    this.unfinished = folder.resolve("unfinished");
    this.catalog = new ImageCatalog(folder, unfinished, limits);
  }

  /// Opens the store of a folder, which is made if it is not there and is only one's.
  public static ImageStore open(Path folder) throws IOException {
    return open(folder, Limits.defaults());
  }

  public static ImageStore open(Path folder, Limits limits) throws IOException {
    return new ImageStore(folder, limits);
  }

  /// Takes the images of an archive in: what `docker save` writes, or a tar of an OCI layout.
  /// Nothing of it is there before all of it was read, verified and unpacked; only a disk that
  /// fails or is full right then can leave the first of several.
  ///
  /// @throws ArchiveException if it is damaged, or not to be trusted
  public List<Loaded> load(InputStream in) throws IOException, InterruptedException {
    return take(
        in,
        (work, file) -> {
          ImageArchive archive = ImageArchive.read(file, work.budget());
          List<SavedImage> images;
          if (archive.has(DockerArchive.MANIFEST)) {
            images = DockerArchive.images(archive, limits);
          } else if (archive.has(OciLayout.INDEX)) {
            images = OciLayout.images(archive, limits);
          } else {
            throw new ArchiveException(
                "no saved image: the archive has neither "
                    + DockerArchive.MANIFEST
                    + " nor "
                    + OciLayout.INDEX
                    + " (a tar of a file system is for docker import)");
          }
          for (SavedImage image : images) {
            for (int i = 0; i < image.layers().size(); i++) {
              work.unpack(archive, image.layers().get(i), image.document().layers().get(i));
            }
          }
          List<Loaded> loaded = new ArrayList<>();
          for (SavedImage image : images) {
            loaded.add(add(image.document(), image.config(), image.names(), work));
          }
          return loaded;
        });
  }

  /// Makes an image of a tar of a file system.
  ///
  /// @param name empty for one that is only known by its id
  /// @param comment for people
  public Image importRootfs(InputStream in, Optional<ImageName> name, String comment)
      throws IOException, InterruptedException {
    return take(
        in,
        (work, file) -> {
          String layer;
          try (InputStream tar = new BufferedInputStream(new FileInputStream(file.toFile()))) {
            layer = work.unpack(tar);
          }
          byte[] config = config(layer, comment);
          ImageDocument document = ImageDocument.parse(config, limits);
          add(document, config, name.stream().toList(), work);
          return resolve(document.id()).orElseThrow(() -> noSuchImage(document.id()));
        });
  }

  private static byte[] config(String layer, String comment) {
    String now = Instant.now().toString();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architecture", Architecture.ofThisMachine());
    config.put("comment", comment);
    config.put("config", Map.of());
    config.put("created", now);
    config.put("history", List.of(Map.of("created", now, "comment", comment)));
    config.put("os", "linux");
    config.put("rootfs", Map.of("type", "layers", "diff_ids", List.of(layer)));
    return Metadata.MAPPER.writeValueAsBytes(config);
  }

  private interface Taking<T> {
    T take(Work work, Path archive) throws IOException;
  }

  private <T> T take(InputStream in, Taking<T> taking) throws IOException, InterruptedException {
    loads.acquire();
    try (Workspace workspace = Workspace.in(unfinished)) {
      Budget budget = new Budget(limits);
      Path archive = workspace.spool(in, budget);
      return Worker.call(
          "pouch-image",
          () -> {
            try (Work work = new Work(workspace, budget)) {
              return taking.take(work, archive);
            }
          });
    } finally {
      loads.release();
    }
  }

  /// The layers that one archive needs. Those that were there can't be removed until it is closed.
  private final class Work implements AutoCloseable {
    private final Workspace workspace;
    private final Budget budget;
    private final Unpacking unpacking;
    private final Map<String, Unpacked> unpacked = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    Work(Workspace workspace, Budget budget) throws IOException {
      this.workspace = workspace;
      this.budget = budget;
      this.unpacking = Unpacking.in(workspace, budget);
    }

    Budget budget() {
      return budget;
    }

    void unpack(ImageArchive archive, SavedImage.Layer layer, String digest) throws IOException {
      archive.requireMember(layer.member());
      if (used.contains(digest) || unpacked.containsKey(digest)) {
        return;
      }
      synchronized (lock) {
        if (catalog.useLayer(digest)) {
          used.add(digest);
          return;
        }
      }
      unpacked.put(digest, unpacking.unpack(archive, layer, digest));
    }

    String unpack(InputStream tar) throws IOException {
      Unpacked layer = unpacking.unpack(tar);
      unpacked.put(layer.digest(), layer);
      return layer.digest();
    }

    /// Puts into the store what is not there. With the lock.
    void publish(String digest) throws IOException {
      Unpacked layer = unpacked.get(digest);
      if (layer != null && used.add(digest)) {
        catalog.addLayer(layer);
      }
    }

    @Override
    public void close() throws IOException {
      unpacking.close();
      synchronized (lock) {
        for (String digest : used) {
          catalog.releaseLayer(digest).ifPresent(workspace::discard);
        }
      }
    }
  }

  private Loaded add(ImageDocument document, byte[] config, List<ImageName> given, Work work)
      throws IOException {
    synchronized (lock) {
      for (String digest : document.layers()) {
        work.publish(digest);
      }
      return catalog.add(document, config, given);
    }
  }

  /// All, the newest first.
  public List<Image> list() {
    synchronized (lock) {
      return catalog.list();
    }
  }

  /// By its name, with or without tag, host and `library/`; by its id, with or without `sha256:`;
  /// or by the beginning of its id, of at least four digits, if that is one's alone.
  ///
  /// @throws ApiException if several ids begin so
  public Optional<Image> resolve(String nameOrId) {
    synchronized (lock) {
      return catalog.resolve(nameOrId);
    }
  }

  /// Gives an image one more name, and takes it from the image that had it.
  public void tag(String nameOrId, ImageName name) throws IOException {
    synchronized (lock) {
      catalog.tag(nameOrId, name);
    }
  }

  /// In the words that clients know, with the tag that was meant.
  public static ApiException noSuchImage(String nameOrId) {
    String name = ImageName.parse(nameOrId).map(ImageName::toString).orElse(nameOrId);
    return new ApiException(Code.NOT_FOUND, "No such image: " + name);
  }

  /// Keeps an image's layers for a container, also one that was removed while the container held
  /// it.
  ///
  /// @param id of the image, whole
  public Hold hold(String id, Holder holder) {
    synchronized (lock) {
      return new Held(catalog.hold(id, holder), holder);
    }
  }

  private final class Held implements Hold {
    private final Image image;
    private final Holder holder;

    Held(Image image, Holder holder) {
      this.image = image;
      this.holder = holder;
    }

    @Override
    public Image image() {
      return image;
    }

    @Override
    public void close() {
      release(image.id(), holder);
    }
  }

  private void release(String id, Holder holder) {
    List<Path> waste;
    synchronized (lock) {
      waste = catalog.release(id, holder);
    }
    delete(waste);
  }

  private static void delete(List<Path> waste) {
    for (Path path : waste) {
      try {
        DurableFiles.deleteTree(path);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "stays until the next start: {0}: {1}", path, e);
      }
    }
  }

  /// Takes a name from an image; and the image away, if it has no other, or is named by its id.
  ///
  /// @param force also if stopped containers use it, or, named by its id, if it has several names
  /// @throws ApiException if there is none, or something is in the way
  public List<Removal> remove(String nameOrId, boolean force) throws IOException {
    Optional<Holder> running = running(nameOrId);
    List<Path> waste = new ArrayList<>();
    try {
      synchronized (lock) {
        catalog.forgetLeaving(waste);
        return catalog.remove(nameOrId, force, running, waste);
      }
    } finally {
      delete(waste);
    }
  }

  /// Asked without the lock: a container has one of its own.
  private Optional<Holder> running(String nameOrId) {
    List<Holder> all;
    synchronized (lock) {
      all = catalog.holders(nameOrId);
    }
    return all.stream().filter(Holder::isRunning).findFirst();
  }
}
