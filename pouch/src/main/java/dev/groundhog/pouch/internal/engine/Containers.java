package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Hold;
import dev.groundhog.pouch.internal.image.Holder;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.log.LogOptions;
import dev.groundhog.pouch.internal.log.Logs;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Folders;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which containers there are, by id and by name, each with its folder, its log and its image.
/// Thread-safe.
///
/// A folder comes and goes by one rename, so that a container is there whole or not at all: what a
/// daemon leaves half made or half removed is deleted by the next one.
final class Containers {
  private static final System.Logger LOG = System.getLogger(Containers.class.getName());
  private static final Pattern NAME = Pattern.compile("/?[a-zA-Z0-9][a-zA-Z0-9_.-]+");
  private static final String UNFINISHED = ".unfinished";

  private final Path folder;
  private final Path unfinished;
  private final ContainerRuntime runtime;
  private final ImageStore images;
  private final Logs logs;

  /// By id; guarded by itself where names must stay unique.
  private final Map<String, Container> byId = new ConcurrentHashMap<>();

  private Containers(Path folder, ContainerRuntime runtime, ImageStore images, Logs logs) {
    this.folder = folder;
    this.unfinished = folder.resolve(UNFINISHED);
    this.runtime = runtime;
    this.images = images;
    this.logs = logs;
  }

  static Containers in(Path folder, ContainerRuntime runtime, ImageStore images, Logs logs)
      throws IOException, InterruptedException {
    Containers containers = new Containers(folder, runtime, images, logs);
    containers.delete(containers.unfinished);
    Files.createDirectories(containers.unfinished);
    return containers;
  }

  /// The folders of those that a daemon before this one had.
  List<Path> foldersOfBefore() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> !each.equals(unfinished)).toList();
    }
  }

  /// All, the newest first.
  List<Container> all() {
    return byId.values().stream()
        .sorted(Comparator.comparing(Container::created).reversed())
        .toList();
  }

  /// By its id, its name, or the beginning of its id if that is one's alone.
  Container get(String nameOrId) {
    Container known = byId.get(nameOrId);
    if (known != null) {
      return known;
    }
    String name = nameOrId.startsWith("/") ? nameOrId.substring(1) : nameOrId;
    List<Container> found = byId.values().stream().filter(c -> c.name().equals(name)).toList();
    if (found.isEmpty() && !name.isEmpty()) {
      found = byId.values().stream().filter(c -> c.id().startsWith(name)).toList();
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw found.isEmpty()
        ? noSuch(nameOrId)
        : new ApiException(
            Code.BAD_REQUEST, "Multiple IDs found with provided prefix: " + nameOrId);
  }

  /// One that was removed meanwhile is refused.
  void require(Container container) {
    if (!has(container)) {
      throw noSuch(container.id());
    }
  }

  boolean has(Container container) {
    return byId.containsKey(container.id());
  }

  static ApiException noSuch(String nameOrId) {
    return new ApiException(Code.NOT_FOUND, "No such container: " + nameOrId);
  }

  /// @param name empty for one that is made up
  Container create(Optional<String> name, ContainerConfig config)
      throws IOException, InterruptedException {
    String id = Ids.next();
    String chosen =
        name.map(Containers::checkedName).orElse("pouch_" + ContainerRuntime.shortId(id));
    LogOptions options = logOptions(config);
    Path made = unfinished.resolve(id);
    Optional<Hold> image = hold(id, config);
    try {
      runtime.check(config, image.map(hold -> hold.image().folders()).orElse(List.of()));
      Files.createDirectory(made);
      Stored stored = new Stored(id, chosen, Instant.now(), config, ContainerState.CREATED);
      stored.write(made);
      return add(stored, made, options, image);
    } catch (IOException | RuntimeException e) {
      image.ifPresent(Hold::close);
      delete(made);
      throw e;
    }
  }

  private Container add(Stored stored, Path made, LogOptions options, Optional<Hold> image)
      throws IOException {
    Path place = folder.resolve(stored.id());
    synchronized (byId) {
      refuseTaken(stored.name());
      move(made, place);
      try {
        Container container = new Container(stored, place, logs.open(place, options), image);
        byId.put(stored.id(), container);
        return container;
      } catch (IOException | RuntimeException e) {
        move(place, made); // nobody has seen it
        throw e;
      }
    }
  }

  /// Takes over one of before. If its image is not there any more, it is there nevertheless.
  Container adopt(Stored stored, Path place) throws IOException {
    ContainerLog log = logs.open(place, logOptions(stored.config()));
    Optional<Hold> image;
    try {
      image = hold(stored.id(), stored.config());
    } catch (ApiException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "container " + stored.id() + " can't be started again: " + e.getMessage());
      image = Optional.empty();
    }
    Container container = new Container(stored, place, log, image);
    byId.put(container.id(), container);
    return container;
  }

  private static LogOptions logOptions(ContainerConfig config) {
    return LogOptions.parse(config.logOptions(), config.labels(), config.process().environment());
  }

  private Optional<Hold> hold(String id, ContainerConfig config) {
    return config.imageId().isEmpty()
        ? Optional.empty()
        : Optional.of(images.hold(config.imageId(), new Claim(id)));
  }

  /// A container's on its image, from before there is the container.
  private final class Claim implements Holder {
    private final String id;

    Claim(String id) {
      this.id = id;
    }

    @Override
    public String containerId() {
      return id;
    }

    @Override
    public boolean isRunning() {
      Container container = byId.get(id);
      return container != null && container.state().isRunning();
    }
  }

  /// @return its name of before
  String rename(Container container, String name) throws IOException {
    synchronized (byId) {
      require(container);
      String before = container.name();
      Stored.rename(container, newName(before, name));
      return before;
    }
  }

  private String newName(String before, String name) {
    String whole = name.startsWith("/") ? name : "/" + name;
    if (whole.equals("/" + before)) {
      throw new ApiException(
          Code.BAD_REQUEST, "Renaming a container with the same name as its current name");
    }
    try {
      String chosen = checkedName(whole);
      refuseTaken(chosen);
      return chosen;
    } catch (ApiException e) {
      throw e.about("Error when allocating new name");
    }
  }

  private static String checkedName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ApiException(
          Code.BAD_REQUEST,
          "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    }
    return name.startsWith("/") ? name.substring(1) : name;
  }

  private void refuseTaken(String name) {
    byId.values().stream()
        .filter(other -> other.name().equals(name))
        .findAny()
        .ifPresent(other -> {
          throw new ApiException(
              Code.CONFLICT,
              "Conflict. The container name \"/"
                  + name
                  + "\" is already in use by container \""
                  + other.id()
                  + "\". You have to remove (or rename) that container to be able to reuse that"
                  + " name.");
        });
  }

  /// Takes one away, for this daemon and for all after it.
  ///
  /// @return false if somebody else has
  boolean remove(Container container) throws IOException {
    synchronized (byId) {
      if (!has(container)) {
        return false;
      }
      move(container.folder(), unfinished.resolve(container.id()));
      byId.remove(container.id());
      return true;
    }
  }

  /// Deletes what is left of one that was removed.
  void discard(Container container) throws InterruptedException {
    container.log().close();
    container.release();
    delete(unfinished.resolve(container.id()));
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /// What can't be deleted now is tried again by the next daemon.
  private void delete(Path left) throws InterruptedException {
    try {
      Folders.delete(left);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, e.getMessage());
    }
  }
}
