package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Layers.Layer;
import dev.groundhog.pouch.internal.image.Unpacking.Unpacked;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/// The images. Thread-safe.
///
/// An image is one file, `configs/DIGEST.json`, whose digest is its name; it appears by one rename,
/// after its layers are on the disk. What names mean are files of their own. So there is nothing to
/// repair after a crash: what is not finished is not there, and is cleared when the store is
/// opened.
public final class ImageStore {
  private static final System.Logger LOG = System.getLogger(ImageStore.class.getName());
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([0-9a-f]{4,64})");
  private static final int SHORT_ID = 12;

  private final Path configs;
  private final Path removed;
  private final Path unfinished;
  private final Limits limits;
  private final Semaphore loads;

  // Guarded by this lock, which is not held while an archive is read.
  private final Object lock = new Object();
  private final Layers layers;
  private final Names names;
  private final Map<String, ImageDocument> documents = new HashMap<>();

  /// Removed, but some container holds them.
  private final Map<String, ImageDocument> leaving = new HashMap<>();

  private final Map<String, Set<Holder>> holders = new HashMap<>();

  private ImageStore(Path folder, Limits limits) throws IOException {
    this.limits = limits;
    this.loads = new Semaphore(limits.loads(), true);
    this.configs = Files.createDirectories(folder.resolve("configs"));
    this.removed = Files.createDirectories(folder.resolve("removed"));
    this.unfinished = folder.resolve("unfinished");
    DurableFiles.deleteTree(unfinished);
    Files.createDirectories(unfinished);
    this.layers = Layers.open(Files.createDirectories(folder.resolve("layers")), unfinished);
    boolean areWhole = find(configs, documents);
    areWhole &= find(removed, leaving);
    this.names =
        Names.open(
            Files.createDirectories(folder.resolve("names")), unfinished, documents.keySet());
    if (areWhole) { // else nobody knows whose layers they are
      for (Path unused : layers.releaseUnused()) {
        DurableFiles.deleteTree(unused);
      }
    }
  }

  /// Opens the store of a folder, which is made if it is not there and is only one's.
  public static ImageStore open(Path folder) throws IOException {
    return open(folder, Limits.defaults());
  }

  public static ImageStore open(Path folder, Limits limits) throws IOException {
    return new ImageStore(folder, limits);
  }

  /// @return whether all that was found could be read
  private boolean find(Path folder, Map<String, ImageDocument> into) throws IOException {
    boolean areWhole = true;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          ImageDocument document = ImageDocument.parse(Files.readAllBytes(file), limits);
          if (!file.equals(file(folder, document.id()))) {
            throw new IOException("it is damaged");
          }
          useLayers(document);
          into.put(document.id(), document);
        } catch (IOException e) {
          areWhole = false;
          LOG.log(System.Logger.Level.WARNING, "left alone: {0}: {1}", file, e.getMessage());
        }
      }
    }
    return areWhole;
  }

  private void useLayers(ImageDocument document) throws IOException {
    for (String digest : document.layers()) {
      if (layers.get(digest).isEmpty()) {
        throw new IOException("its layer " + digest + " is missing");
      }
    }
    new HashSet<>(document.layers()).forEach(layers::use);
  }

  private static Path file(Path folder, String id) {
    return folder.resolve(Digest.hex(id) + ".json");
  }

  /// Takes the images of an archive in: what `docker save` writes, or a tar of an OCI layout. All
  /// of it, or nothing.
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
        if (layers.use(digest).isPresent()) {
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
        layers.add(digest, layer.bytes(), layer.folder());
      }
    }

    @Override
    public void close() throws IOException {
      unpacking.close();
      synchronized (lock) {
        for (String digest : used) {
          layers.release(digest).ifPresent(workspace::discard);
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
      if (!documents.containsKey(document.id())) {
        useLayers(document);
        DurableFiles.write(file(configs, document.id()), config, unfinished);
        documents.put(document.id(), document);
      }
      Map<String, String> renamed = new HashMap<>();
      for (ImageName name : given) {
        names
            .get(name)
            .filter(other -> !other.equals(document.id()))
            .ifPresent(other -> renamed.put(name.toString(), other));
        names.put(name, document.id());
      }
      return new Loaded(
          document.id(), given.stream().map(ImageName::toString).distinct().toList(), renamed);
    }
  }

  /// All, the newest first.
  public List<Image> list() {
    synchronized (lock) {
      return documents.values().stream()
          .map(this::image)
          .sorted(Comparator.comparing(Image::created).reversed().thenComparing(Image::id))
          .toList();
    }
  }

  private Image image(ImageDocument document) {
    Set<Path> folders = new LinkedHashSet<>();
    long bytes = 0;
    for (String digest : document.layers().reversed()) {
      Layer layer =
          layers.get(digest).orElseThrow(() -> new IllegalStateException("no layer " + digest));
      // Of one that comes twice only the upper can be seen, and overlayfs takes none twice.
      folders.add(layer.files());
      bytes += layer.bytes();
    }
    return new Image(
        document,
        names.of(document.id()).stream().map(ImageName::toString).toList(),
        bytes,
        List.copyOf(folders).reversed());
  }

  /// By its name, with or without tag, host and `library/`; by its id, with or without `sha256:`;
  /// or by the beginning of its id, of at least four digits, if that is one's alone.
  ///
  /// @throws ApiException if several ids begin so
  public Optional<Image> resolve(String nameOrId) {
    synchronized (lock) {
      return document(nameOrId).map(this::image);
    }
  }

  private Optional<ImageDocument> document(String nameOrId) {
    Optional<String> named = ImageName.parse(nameOrId).flatMap(names::get);
    if (named.isPresent()) {
      return named.map(documents::get);
    }
    var matcher = ID.matcher(nameOrId);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String prefix = Digest.PREFIX + matcher.group(1);
    List<ImageDocument> found =
        documents.values().stream().filter(document -> document.id().startsWith(prefix)).toList();
    if (found.size() > 1) {
      throw new ApiException(
          Code.BAD_REQUEST, "Multiple IDs found with provided prefix: " + nameOrId);
    }
    return found.stream().findFirst();
  }

  /// Gives an image one more name, and takes it from the image that had it.
  public void tag(String nameOrId, ImageName name) throws IOException {
    synchronized (lock) {
      ImageDocument document = document(nameOrId).orElseThrow(() -> noSuchImage(nameOrId));
      names.put(name, document.id());
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
      ImageDocument document =
          Optional.ofNullable(documents.get(id))
              .or(() -> Optional.ofNullable(leaving.get(id)))
              .orElseThrow(() -> noSuchImage(id));
      holders.computeIfAbsent(id, _ -> new HashSet<>()).add(holder);
      return new Held(image(document), holder);
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
    List<Path> waste = new ArrayList<>();
    synchronized (lock) {
      Set<Holder> of = holders.get(id);
      if (of == null || !of.remove(holder) || !of.isEmpty()) {
        return;
      }
      holders.remove(id);
      forgetLeaving(waste);
    }
    delete(waste);
  }

  /// Those that were removed, and that nobody holds any more. With the lock.
  private void forgetLeaving(List<Path> waste) {
    for (ImageDocument document : List.copyOf(leaving.values())) {
      if (holders.containsKey(document.id())) {
        continue;
      }
      try {
        DurableFiles.delete(file(removed, document.id()));
        leaving.remove(document.id());
        releaseLayers(document, waste);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "{0} stays: {1}", document.id(), e.getMessage());
      }
    }
  }

  private List<String> releaseLayers(ImageDocument document, List<Path> waste) throws IOException {
    List<String> gone = new ArrayList<>();
    for (String digest : new LinkedHashSet<>(document.layers().reversed())) {
      layers
          .release(digest)
          .ifPresent(path -> {
            waste.add(path);
            gone.add(digest);
          });
    }
    return gone;
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
        forgetLeaving(waste);
        return remove(nameOrId, force, running, waste);
      }
    } finally {
      delete(waste);
    }
  }

  /// Asked without the lock: a container has one of its own.
  private Optional<Holder> running(String nameOrId) {
    List<Holder> all;
    synchronized (lock) {
      all =
          document(nameOrId)
              .map(document -> List.copyOf(holders.getOrDefault(document.id(), Set.of())))
              .orElse(List.of());
    }
    return all.stream().filter(Holder::isRunning).findFirst();
  }

  private List<Removal> remove(
      String nameOrId, boolean force, Optional<Holder> running, List<Path> waste)
      throws IOException {
    ImageDocument document = document(nameOrId).orElseThrow(() -> noSuchImage(nameOrId));
    String id = document.id();
    List<ImageName> named = names.of(id);
    Optional<Holder> user = holders.getOrDefault(id, Set.of()).stream().findFirst();
    boolean isById = id.startsWith(nameOrId) || Digest.hex(id).startsWith(nameOrId);
    List<Removal> done = new ArrayList<>();
    if (!isById) {
      if (!force && named.size() == 1 && user.isPresent()) {
        throw conflict(
            "unable to remove repository reference \""
                + nameOrId
                + "\" (must force) - container "
                + shortened(user.get().containerId())
                + " is using its referenced image "
                + shortened(Digest.hex(id)));
      }
      untag(ImageName.parse(nameOrId).orElseThrow(() -> noSuchImage(nameOrId)), done);
      if (named.size() > 1 || running.isPresent()) {
        return done;
      }
    } else if (running.isPresent()) {
      throw inTheWay(
          id,
          "cannot be forced",
          "image is being used by running container " + shortened(running.get().containerId()));
    } else if (!force && named.size() > 1) {
      throw inTheWay(id, "must be forced", "image is referenced in multiple repositories");
    } else if (!force && user.isPresent()) {
      throw inTheWay(
          id,
          "must be forced",
          "image is being used by stopped container " + shortened(user.get().containerId()));
    }
    for (ImageName name : names.of(id)) {
      untag(name, done);
    }
    take(document, user.isPresent(), done, waste);
    return done;
  }

  private void untag(ImageName name, List<Removal> done) throws IOException {
    names.remove(name);
    done.add(new Removal.Untagged(name.toString()));
  }

  private void take(ImageDocument document, boolean isHeld, List<Removal> done, List<Path> waste)
      throws IOException {
    String id = document.id();
    boolean isLeaving = isHeld && !leaving.containsKey(id); // else it had come back meanwhile
    if (isLeaving) {
      DurableFiles.move(file(configs, id), file(removed, id));
      leaving.put(id, document);
    } else {
      DurableFiles.delete(file(configs, id));
    }
    documents.remove(id);
    done.add(new Removal.Deleted(id));
    if (!isLeaving) {
      releaseLayers(document, waste).stream()
          .map(document::chain)
          .forEach(chain -> done.add(new Removal.Deleted(chain)));
    }
  }

  private static ApiException inTheWay(String id, String force, String reason) {
    return conflict(
        "unable to delete " + shortened(Digest.hex(id)) + " (" + force + ") - " + reason);
  }

  private static ApiException conflict(String message) {
    return new ApiException(Code.CONFLICT, "conflict: " + message);
  }

  private static String shortened(String id) {
    return id.substring(0, Math.min(SHORT_ID, id.length()));
  }
}
