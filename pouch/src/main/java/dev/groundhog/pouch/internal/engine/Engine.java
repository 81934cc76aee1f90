package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Hold;
import dev.groundhog.pouch.internal.image.Holder;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.log.LogOptions;
import dev.groundhog.pouch.internal.log.Logs;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Folders;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import dev.groundhog.pouch.internal.run.Signals;
import dev.groundhog.pouch.internal.run.Terminal;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The containers: made, started, ended and removed here, and found again after a restart.
public final class Engine implements Closeable {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());
  private static final Pattern NAME = Pattern.compile("/?[a-zA-Z0-9][a-zA-Z0-9_.-]+");
  private static final int ID_BYTES = 32;
  private static final Duration UNTIL_KILLED = Duration.ofSeconds(10);

  private static final String LOST =
      "how it ended is not known: its parent process was killed, or the machine was restarted";

  private final Path containers;
  private final Parents parents;
  private final ContainerRuntime runtime;
  private final ImageStore images;
  private final Logs logs = new Logs();
  private final Events events = new Events();
  private final Ends ends;
  private final SecureRandom random = new SecureRandom();

  private final Execs execs;

  /// Whose end is being noted: more than one may see it.
  private final Set<String> ending = ConcurrentHashMap.newKeySet();

  /// By id; guarded by itself where names must stay unique.
  private final Map<String, Container> byId = new ConcurrentHashMap<>();

  /// The images of containers that have one, by the container's id.
  private final Map<String, Hold> held = new ConcurrentHashMap<>();

  private Engine(
      Path containers, Parents parents, ContainerRuntime runtime, ImageStore images, Ends ends) {
    this.containers = containers;
    this.parents = parents;
    this.runtime = runtime;
    this.images = images;
    this.ends = ends;
    this.execs = new Execs(parents, runtime, logs, events, this::newId);
  }

  /// Opens the engine of a data root, and finds what is there: containers that run are followed
  /// further, those that have ended meanwhile get their exit code.
  public static Engine open(Path dataRoot, ContainerRuntime runtime, ImageStore images)
      throws IOException, InterruptedException {
    Path root = dataRoot.toAbsolutePath(); // parents have other directories
    Path containers = Files.createDirectories(root.resolve("containers"));
    Parents parents = Parents.in(Files.createDirectories(root.resolve("parents")));
    Ends ends = Ends.in(parents.ends());
    Engine engine = new Engine(containers, parents, runtime, images, ends);
    engine.recover();
    engine.noteEndsOfBefore();
    ends.start(engine::hasEnded, engine::findLost);
    return engine;
  }

  private void recover() throws IOException, InterruptedException {
    try (Stream<Path> folders = Files.list(containers)) {
      for (Path folder : folders.toList()) {
        try {
          Stored stored = Stored.read(folder);
          Container container =
              new Container(
                  stored.id(),
                  stored.name(),
                  stored.created(),
                  stored.config(),
                  folder,
                  logs.open(folder, logOptions(stored.config())),
                  stored.state());
          hold(container);
          byId.put(container.id(), container);
          adopt(container);
          if (container.state().isRunning()) {
            container.log().collect();
          }
          execs.recover(container);
        } catch (IOException | ApiException e) {
          LOG.log(System.Logger.Level.WARNING, "left alone: " + folder + ": " + e.getMessage());
        }
      }
    }
  }

  /// Before anybody asks. What cannot be noted now is tried again.
  private void noteEndsOfBefore() throws InterruptedException {
    for (Container container : all()) {
      try {
        noteEnd(container);
      } catch (IOException | ApiException e) {
        sayNotNoted(container.id(), e);
      }
    }
  }

  public Execs execs() {
    return execs;
  }

  /// One that was started, where the daemon ended before it could note that.
  private void adopt(Container container) throws IOException {
    ContainerState state = container.state();
    Optional<Instant> end = parents.endedAt(container.id());
    boolean hasRun =
        end.isPresent() && state.finishedAt().map(known -> known.isBefore(end.get())).orElse(true);
    if (state.isRunning() || !(hasRun || Parents.isAlive(container.folder()))) {
      return;
    }
    long pid = Parents.pid(runtime.pidFile(container.folder())).orElse(0);
    container.become(state.started(pid, ProcessStart.of(pid), Instant.now()));
    Stored.write(container);
  }

  private void hold(Container container) {
    String imageId = container.config().imageId();
    if (!imageId.isEmpty()) {
      held.put(container.id(), images.hold(imageId, new HolderOf(container)));
    }
  }

  private void release(Container container) {
    Hold image = held.remove(container.id());
    if (image != null) {
      image.close();
    }
  }

  private List<Path> layers(Container container) {
    Hold image = held.get(container.id());
    return image == null ? List.of() : image.image().folders();
  }

  public Events events() {
    return events;
  }

  public ImageStore images() {
    return images;
  }

  public ContainerRuntime runtime() {
    return runtime;
  }

  /// All, the newest first.
  public List<Container> all() {
    return byId.values().stream()
        .sorted(Comparator.comparing(Container::created).reversed())
        .toList();
  }

  /// By its id, its name, or the beginning of its id if that is one's alone.
  public Container get(String nameOrId) {
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
        ? new ApiException(Code.NOT_FOUND, "No such container: " + nameOrId)
        : new ApiException(
            Code.BAD_REQUEST, "Multiple IDs found with provided prefix: " + nameOrId);
  }

  /// @param name empty for one that is made up
  public Container create(Optional<String> name, ContainerConfig config)
      throws IOException, InterruptedException {
    return Undisturbed.run("pouch-create", () -> createNow(name, config));
  }

  private Container createNow(Optional<String> name, ContainerConfig config)
      throws IOException, InterruptedException {
    String id = newId();
    String chosen = name.map(Engine::checkedName).orElseGet(() -> "pouch_" + id.substring(0, 12));
    Path folder = containers.resolve(id);
    LogOptions logOptions = logOptions(config);
    runtime.check(config);
    if (config.process().command().isEmpty()) {
      throw new ApiException(Code.BAD_REQUEST, "No command specified");
    }
    Files.createDirectory(folder);
    try {
      Container container =
          new Container(
              id,
              chosen,
              Instant.now(),
              config,
              folder,
              logs.open(folder, logOptions),
              ContainerState.CREATED);
      add(container);
      publish(container, "create", Map.of());
      return container;
    } catch (IOException | RuntimeException e) {
      Folders.delete(folder);
      throw e;
    }
  }

  private void add(Container container) throws IOException {
    synchronized (byId) {
      try {
        refuseTaken(container.name());
        hold(container);
        runtime.check(container.config(), layers(container));
        Stored.write(container);
        byId.put(container.id(), container);
      } catch (IOException | RuntimeException e) {
        release(container);
        container.log().close();
        throw e;
      }
    }
  }

  private static LogOptions logOptions(ContainerConfig config) {
    return LogOptions.parse(config.logOptions(), config.labels(), config.process().environment());
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

  /// Starts a container.
  ///
  /// @return false if it runs already
  /// @throws ApiException if it does not start, in Docker's words, by which clients choose their
  ///   exit code
  public boolean start(Container container) throws IOException, InterruptedException {
    return Undisturbed.run("pouch-start", () -> startNow(container));
  }

  private boolean startNow(Container container) throws IOException, InterruptedException {
    synchronized (container.changing) {
      if (container.state().isRunning()) {
        return false;
      }
      requireKnown(container);
      try {
        launch(container);
      } catch (IOException | ApiException e) {
        throw notStarted(container, e);
      }
    }
    publish(container, "start", Map.of());
    ends.look(container.id());
    return true;
  }

  /// One that was removed meanwhile is not.
  private void requireKnown(Container container) {
    if (!byId.containsKey(container.id())) {
      throw unknown(container);
    }
  }

  private static ApiException unknown(Container container) {
    return new ApiException(Code.NOT_FOUND, "No such container: " + container.id());
  }

  private void launch(Container container) throws IOException, InterruptedException {
    HostConfig.Network network = container.config().host().network();
    if (!network.exists()) {
      throw new ApiException(Code.NOT_FOUND, "network " + network.name() + " not found");
    }
    RawOutput output = RawOutput.of(container.folder());
    long pid;
    try {
      pid =
          parents.start(
              runtime.launch(
                  container.id(), container.config(), container.folder(), layers(container)));
    } catch (IOException e) {
      String known = runtime.failure(container.folder());
      output.restore();
      throw known.isEmpty() ? e : new IOException(known, e);
    }
    ContainerState before = container.state();
    String start = ProcessStart.of(pid);
    try {
      container.log().collect();
      container.become(before.started(pid, start, Instant.now()));
      Stored.write(container);
    } catch (IOException e) {
      container.become(before); // nobody would know of it after a restart
      if (ProcessStart.isAlive(pid, start)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      throw e;
    }
  }

  private ApiException notStarted(Container container, Exception cause)
      throws IOException, InterruptedException {
    String error = String.valueOf(cause.getMessage());
    StartFailure failure = StartFailure.of(error);
    parents.forget(container.id());
    Parents.killRemains(container.folder());
    runtime.clean(container.id(), container.folder());
    container.log().finish(); // for those who wait for it
    container.become(container.state().notStarted(failure.exitCode(), error));
    Stored.write(container);
    // A client of before 1.30 waits for this word, also then.
    publish(container, "die", Map.of("exitCode", Integer.toString(failure.exitCode())));
    container.ended();
    if (container.config().removeWhenEnded()) {
      boolean _ = removeNow(container, false);
    }
    return cause instanceof ApiException told
        ? told
        : new ApiException(failure.code(), error, cause);
  }

  /// Stops it if it runs, and starts it again.
  public void restart(Container container, Optional<Duration> time)
      throws IOException, InterruptedException {
    boolean _ = stop(container, time);
    boolean _ = start(container);
    publish(container, "restart", Map.of());
  }

  /// Asks it to end, and kills it when its time is over.
  ///
  /// @return false if it does not run
  public boolean stop(Container container, Optional<Duration> time)
      throws IOException, InterruptedException {
    Optional<Future<?>> run = run(container);
    if (run.isEmpty()) {
      return false;
    }
    Future<?> end = run.get();
    Duration patience = time.orElse(Duration.ofSeconds(container.config().stopSeconds()));
    signal(container, Signals.number(container.config().stopSignal()));
    if (!isOver(end, patience)) {
      killAndWait(container, end);
    }
    publish(container, "stop", Map.of());
    return true;
  }

  /// The end of the run that is under way; empty if it does not run. One that is being started is
  /// waited for.
  private static Optional<Future<?>> run(Container container) {
    synchronized (container.changing) {
      Future<?> end = container.end();
      return container.state().isRunning() ? Optional.of(end) : Optional.empty();
    }
  }

  private void killAndWait(Container container, Future<?> end)
      throws IOException, InterruptedException {
    signal(container, Signals.number("KILL"));
    if (!isOver(end, UNTIL_KILLED)) {
      throw new ApiException(Code.INTERNAL, "the container does not end: " + container.id());
    }
  }

  private static boolean isOver(Future<?> end, Duration time) throws InterruptedException {
    try {
      end.get(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  public void kill(Container container, String signal) throws IOException, InterruptedException {
    int number = Signals.number(signal);
    if (run(container).isEmpty()) {
      throw new ApiException(Code.CONFLICT, "Container " + container.id() + " is not running");
    }
    signal(container, number);
    publish(container, "kill", Map.of("signal", Integer.toString(number)));
  }

  private void signal(Container container, int number) throws IOException, InterruptedException {
    ContainerState state = container.state();
    if (ProcessStart.isAlive(state.pid(), state.processStart())) {
      runtime.signal(container.id(), state.pid(), number);
    }
  }

  public void rename(Container container, String name) throws IOException {
    String before = container.name();
    synchronized (byId) {
      container.rename(newName(before, name));
    }
    Stored.write(container);
    publish(container, "rename", Map.of("oldName", "/" + before));
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

  /// @param force also one that runs, which is killed
  public void remove(Container container, boolean force) throws IOException, InterruptedException {
    boolean isRemoved = Undisturbed.run("pouch-remove", () -> removeNow(container, force));
    if (!isRemoved && !force) {
      throw unknown(container);
    }
  }

  /// @return false if somebody else has
  private boolean removeNow(Container container, boolean force)
      throws IOException, InterruptedException {
    Optional<Future<?>> run = force ? run(container) : Optional.empty();
    if (run.isPresent()) {
      killAndWait(container, run.get());
    }
    synchronized (container.changing) {
      if (container.state().isRunning()) {
        throw new ApiException(
            Code.CONFLICT,
            "You cannot remove a running container "
                + container.id()
                + ". Stop the container before attempting removal or force remove");
      }
      if (byId.remove(container.id()) == null) {
        return false;
      }
    }
    execs.forget(container);
    container.log().close();
    container.ended();
    parents.forget(container.id());
    release(container);
    Folders.delete(container.folder());
    publish(container, "destroy", Map.of());
    return true;
  }

  /// A parent has written how its process ended.
  private void hasEnded(String id) {
    if (isPending(id)) {
      note(id, () -> noteEnd(id));
    }
  }

  private boolean isPending(String id) {
    Container container = byId.get(id);
    return container == null ? execs.isPending(id) : container.state().isRunning();
  }

  private void noteEnd(String id) throws IOException, InterruptedException {
    Container container = byId.get(id);
    if (container == null) {
      execs.noteEnd(id);
    } else {
      noteEnd(container);
    }
  }

  private interface Noting {
    void run() throws IOException, InterruptedException;
  }

  /// Two may see an end: the first notes it, apart from who sees the next one.
  private void note(String id, Noting noting) {
    if (!ending.add(id)) {
      return;
    }
    Thread.ofVirtual()
        .name("pouch-end")
        .start(() -> {
          boolean isNoted = false;
          try {
            noting.run();
            isNoted = true;
          } catch (IOException | UncheckedIOException | ApiException e) {
            sayNotNoted(id, e);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            ending.remove(id);
          }
          if (isNoted && byId.containsKey(id)) {
            ends.look(id); // should it have been started again, and ended, meanwhile
          }
        });
  }

  private static void sayNotNoted(String id, Exception e) {
    LOG.log(
        System.Logger.Level.WARNING, "the end of " + id + " is not noted; it is tried again", e);
  }

  /// Containers that run for all that is known, but nobody will tell how they end.
  private void findLost() {
    for (Container container : byId.values()) {
      try {
        if (isLost(container)) {
          note(container.id(), () -> noteLost(container));
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "container " + container.id() + " is not seen", e);
      }
    }
    for (Exec exec : execs.all()) {
      try {
        if (execs.isLost(exec)) {
          note(exec.id(), () -> execs.noteLost(exec));
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "exec " + exec.id() + " is not seen", e);
      }
    }
  }

  private static boolean isLost(Container container) throws IOException {
    ContainerState state = container.state();
    return state.isRunning()
        && !Parents.isAlive(container.folder())
        && !ProcessStart.isAlive(state.pid(), state.processStart());
  }

  private void noteLost(Container container) throws IOException, InterruptedException {
    if (parents.exitCode(container.id()).isPresent()) {
      noteEnd(container); // written meanwhile
    } else if (isLost(container)) {
      Parents.killRemains(container.folder());
      LOG.log(System.Logger.Level.WARNING, "container " + container.id() + ": " + LOST);
      noteEnd(container, Parents.UNKNOWN, LOST);
    }
  }

  private void noteEnd(Container container) throws IOException, InterruptedException {
    OptionalInt code = parents.exitCode(container.id());
    if (code.isPresent() && container.state().isRunning()) {
      noteEnd(container, code.getAsInt(), "");
    }
  }

  private void noteEnd(Container container, int code, String error)
      throws IOException, InterruptedException {
    String id = container.id();
    boolean wasOutOfMemory = runtime.wasOutOfMemory(id);
    runtime.clean(id, container.folder());
    ContainerState state = container.state().ended(code, error, wasOutOfMemory, Instant.now());
    execs.containerEnded(container);
    container.log().finish();
    boolean _ = container.log().awaitReaders(Execs.UNTIL_READ);
    synchronized (container.changing) {
      container.become(state);
      store(container);
      publish(container, "die", Map.of("exitCode", Integer.toString(code)));
      container.ended();
    }
    if (container.config().removeWhenEnded()) {
      boolean _ = removeNow(container, false);
    }
  }

  /// Those who wait for its end are told in any case. A daemon that is started again notes it anew.
  private static void store(Container container) {
    try {
      Stored.write(container);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "the end of " + container.id() + " could not be stored", e);
    }
  }

  /// A client has let go of a container by its keys.
  public void detached(Container container) {
    publish(container, "detach", Map.of());
  }

  /// A client is connected with a container's streams.
  public void attached(Container container) {
    publish(container, "attach", Map.of());
  }

  public void resize(Container container, int rows, int columns)
      throws IOException, InterruptedException {
    if (!container.state().isRunning()) {
      throw new ApiException(Code.CONFLICT, "Container " + container.id() + " is not running");
    }
    Terminal.resize(container.folder(), rows, columns);
    publish(
        container,
        "resize",
        Map.of("height", Integer.toString(rows), "width", Integer.toString(columns)));
  }

  private void publish(Container container, String action, Map<String, String> more) {
    Map<String, String> attributes = container.attributes();
    attributes.putAll(more);
    events.publish("container", action, container.id(), attributes);
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private record HolderOf(Container container) implements Holder {
    @Override
    public String containerId() {
      return container.id();
    }

    @Override
    public boolean isRunning() {
      return container.state().isRunning();
    }
  }

  /// Stops looking. What runs goes on.
  @Override
  public void close() throws IOException {
    ends.close();
    logs.close();
  }
}
