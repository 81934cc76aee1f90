package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Layers.Layer;
import dev.groundhog.pouch.internal.image.Unpacking.Unpacked;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What images there are, what they are called, and who holds them. For one thread at a time.
///
/// An image is one file, `configs/DIGEST.json`, whose digest is its name; it appears by one rename,
/// after its layers are on the disk. What names mean are files of their own. So there is nothing to
/// repair after a crash: what is not finished is not there, and is cleared when this is opened.
final class ImageCatalog {
  private static final System.Logger LOG = System.getLogger(ImageCatalog.class.getName());
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([0-9a-f]{4,64})");
  private static final int SHORT_ID = 12;

  private final Path configs;
  private final Path removed;
  private final Path unfinished;
  private final Limits limits;
  private final Layers layers;
  private final Names names;
  private final Map<String, ImageDocument> documents = new HashMap<>();

  /// Removed, but some container holds them.
  private final Map<String, ImageDocument> leaving = new HashMap<>();

  private final Map<String, Set<Holder>> holders = new HashMap<>();

  /// @param unfinished a folder in `folder` for what is not finished, which is cleared
  ImageCatalog(Path folder, Path unfinished, Limits limits) throws IOException {
    this.limits = limits;
    this.configs = Files.createDirectories(folder.resolve("configs"));
    this.removed = Files.createDirectories(folder.resolve("removed"));
    this.unfinished = unfinished;
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

  /// Keeps a layer, until it is released as often.
  ///
  /// @return false if it is not there
  boolean useLayer(String digest) {
    return layers.use(digest).isPresent();
  }

  /// Takes over a layer that is used.
  void addLayer(Unpacked layer) throws IOException {
    layers.add(layer.digest(), layer.bytes(), layer.folder());
  }

  /// @return what is to be deleted, if nobody uses it any more
  Optional<Path> releaseLayer(String digest) throws IOException {
    return layers.release(digest);
  }

  /// Takes an image in whose layers are all there.
  Loaded add(ImageDocument document, byte[] config, List<ImageName> given) throws IOException {
    if (!documents.containsKey(document.id())) {
      DurableFiles.write(file(configs, document.id()), config, unfinished);
      useLayers(document);
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

  /// All, the newest first.
  List<Image> list() {
    return documents.values().stream()
        .map(this::image)
        .sorted(Comparator.comparing(Image::created).reversed().thenComparing(Image::id))
        .toList();
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
  Optional<Image> resolve(String nameOrId) {
    return document(nameOrId).map(this::image);
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
  void tag(String nameOrId, ImageName name) throws IOException {
    ImageDocument document = document(nameOrId).orElseThrow(() -> ImageStore.noSuchImage(nameOrId));
    names.put(name, document.id());
  }

  /// Keeps an image's layers for a container, also one that was removed while the container held
  /// it.
  ///
  /// @param id of the image, whole
  Image hold(String id, Holder holder) {
    ImageDocument document =
        Optional.ofNullable(documents.get(id))
            .or(() -> Optional.ofNullable(leaving.get(id)))
            .orElseThrow(() -> ImageStore.noSuchImage(id));
    holders.computeIfAbsent(id, _ -> new HashSet<>()).add(holder);
    return image(document);
  }

  /// @return what is to be deleted
  List<Path> release(String id, Holder holder) {
    List<Path> waste = new ArrayList<>();
    Set<Holder> of = holders.get(id);
    if (of != null && of.remove(holder) && of.isEmpty()) {
      holders.remove(id);
      forgetLeaving(waste);
    }
    return waste;
  }

  /// Those who hold an image.
  List<Holder> holders(String nameOrId) {
    return document(nameOrId)
        .map(document -> List.copyOf(holders.getOrDefault(document.id(), Set.of())))
        .orElse(List.of());
  }

  /// Those that were removed, and that nobody holds any more.
  void forgetLeaving(List<Path> waste) {
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

  /// Takes a name from an image, or the image away: see [ImageStore#remove].
  ///
  /// @param running one who holds it and runs
  /// @param waste takes what is to be deleted
  List<Removal> remove(String nameOrId, boolean force, Optional<Holder> running, List<Path> waste)
      throws IOException {
    ImageDocument document = document(nameOrId).orElseThrow(() -> ImageStore.noSuchImage(nameOrId));
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
      untag(ImageName.parse(nameOrId).orElseThrow(() -> ImageStore.noSuchImage(nameOrId)), done);
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
