package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.log.Logs;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.Signals;
import dev.groundhog.pouch.internal.run.Terminal;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What is done with containers: made, started, ended and removed here, and found again after a
/// restart. Work that changes one goes on to its end, also when who asked for it has left.
public final class Engine implements Closeable {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());
  private static final Duration WITHOUT_END = ChronoUnit.FOREVER.getDuration();

  private final Parents parents;
  private final ContainerRuntime runtime;
  private final ImageStore images;
  private final Logs logs;
  private final Events events = new Events();
  private final Endings endings;
  private final Containers containers;
  private final Launcher launcher;
  private final Stopper stopper;
  private final Execs execs;

  private Engine(
      Containers containers,
      Parents parents,
      ContainerRuntime runtime,
      ImageStore images,
      Logs logs,
      Endings endings) {
    this.containers = containers;
    this.parents = parents;
    this.runtime = runtime;
    this.images = images;
    this.logs = logs;
    this.endings = endings;
    this.launcher = new Launcher(parents, runtime);
    this.stopper = new Stopper(runtime);
    this.execs = new Execs(parents, runtime, logs, events, endings);
  }

  /// Opens the engine of a data root, and finds what is there: containers that run are followed
  /// further, those that have ended meanwhile get their exit code.
  public static Engine open(DataRoot root, ContainerRuntime runtime, ImageStore images)
      throws IOException, InterruptedException {
    Parents parents = Parents.in(root.folder("parents"));
    Logs logs = new Logs();
    try {
      Containers containers = Containers.in(root.folder("containers"), runtime, images, logs);
      Endings endings = Endings.of(parents);
      try {
        Engine engine = new Engine(containers, parents, runtime, images, logs, endings);
        new Recovery(containers, parents, runtime).run();
        engine.goOn();
        return engine;
      } catch (IOException | InterruptedException | RuntimeException e) {
        endings.close();
        throw e;
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      logs.close();
      throw e;
    }
  }

  private void goOn() throws InterruptedException {
    for (Container container : containers.all()) {
      try {
        if (container.state().isRunning()) {
          endings.expect(new Run(container)).hasStarted();
          container.log().collect();
        } else if (container.config().removeWhenEnded()) {
          boolean _ = removeNow(container, false);
        }
      } catch (IOException | RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "container " + container.id() + " is not followed: " + e.getMessage());
      }
      execs.recover(container);
    }
    endings.noteThoseOfBefore();
    endings.start();
  }

  public Execs execs() {
    return execs;
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
    return containers.all();
  }

  public long running() {
    return all().stream().filter(container -> container.state().isRunning()).count();
  }

  /// By its id, its name, or the beginning of its id if that is one's alone.
  public Container get(String nameOrId) {
    return containers.get(nameOrId);
  }

  /// @param name empty for one that is made up
  public Container create(Optional<String> name, ContainerConfig config)
      throws IOException, InterruptedException {
    runtime.check(config);
    if (config.process().command().isEmpty()) {
      throw new ApiException(Code.BAD_REQUEST, "No command specified");
    }
    return Undisturbed.run(
        "pouch-create",
        () -> {
          Container container = containers.create(name, config);
          publish(container, "create", Map.of());
          return container;
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
    Optional<Endings.Expected> end = launch(container);
    if (end.isEmpty()) {
      return false;
    }
    publish(container, "start", Map.of());
    end.get().hasStarted();
    return true;
  }

  /// @return empty if it runs already
  private Optional<Endings.Expected> launch(Container container)
      throws IOException, InterruptedException {
    synchronized (container.changing) {
      if (container.state().isRunning()) {
        return Optional.empty();
      }
      containers.require(container);
      Endings.Expected end = endings.expect(new Run(container));
      try {
        launcher.launch(container);
        return Optional.of(end);
      } catch (IOException | RuntimeException | Error e) {
        end.withdraw();
        throw notStarted(container, e);
      }
    }
  }

  /// Whatever the cause: those who wait for its end are told that there will be none.
  private ApiException notStarted(Container container, Throwable cause)
      throws IOException, InterruptedException {
    String error =
        cause instanceof IOException || cause instanceof ApiException
            ? String.valueOf(cause.getMessage())
            : cause.toString();
    StartFailure failure = StartFailure.of(error);
    launcher.clean(container);
    container.become(container.state().notStarted(failure.exitCode(), error));
    try {
      Stored.write(container);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "why " + container.id() + " did not start is not stored: " + e.getMessage());
    }
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
    Duration patience = patience(container, time);
    boolean _ =
        run(
            "pouch-restart",
            patience,
            () -> {
              boolean _ = stopNow(container, patience);
              boolean _ = startNow(container);
              publish(container, "restart", Map.of());
              return true;
            });
  }

  private static Duration patience(Container container, Optional<Duration> asked) {
    return asked.orElse(patience(container.config().stopSeconds()));
  }

  /// What waits without an end waits no longer than its client.
  private static <T> T run(String name, Duration patience, Undisturbed.Work<T> work)
      throws IOException, InterruptedException {
    return patience.equals(WITHOUT_END) ? work.run() : Undisturbed.run(name, work);
  }

  /// How long a container is given to end by itself: without end, where there are less than 0
  /// seconds.
  public static Duration patience(long seconds) {
    return seconds < 0 ? WITHOUT_END : Duration.ofSeconds(seconds);
  }

  /// Asks it to end, and kills it when its time is over.
  ///
  /// @return false if it does not run
  public boolean stop(Container container, Optional<Duration> time)
      throws IOException, InterruptedException {
    Duration patience = patience(container, time);
    return run("pouch-stop", patience, () -> stopNow(container, patience));
  }

  private boolean stopNow(Container container, Duration patience)
      throws IOException, InterruptedException {
    boolean hasRun = stopper.stop(container, patience);
    if (hasRun) {
      publish(container, "stop", Map.of());
    }
    return hasRun;
  }

  /// Sends it a signal; after `KILL` its end is waited for, as by Docker.
  public void kill(Container container, String signal) throws IOException, InterruptedException {
    int number = Signals.number(signal);
    Optional<Future<?>> run = Stopper.run(container);
    if (run.isEmpty()) {
      throw new ApiException(Code.CONFLICT, "Container " + container.id() + " is not running");
    }
    boolean _ =
        Undisturbed.run(
            "pouch-kill",
            () -> {
              synchronized (container.changing) { // so that it is told before the end
                stopper.signal(container, number);
                publish(container, "kill", Map.of("signal", Integer.toString(number)));
              }
              return number != Signals.number("KILL") || Stopper.hasEnded(run.get());
            });
  }

  public void rename(Container container, String name) throws IOException, InterruptedException {
    boolean _ =
        Undisturbed.run(
            "pouch-rename",
            () -> {
              String before = containers.rename(container, name);
              publish(container, "rename", Map.of("oldName", "/" + before));
              return true;
            });
  }

  /// @param force also one that runs, which is killed
  public void remove(Container container, boolean force) throws IOException, InterruptedException {
    boolean isRemoved = Undisturbed.run("pouch-remove", () -> removeNow(container, force));
    if (!isRemoved && !force) {
      throw Containers.noSuch(container.id());
    }
  }

  /// @return false if somebody else has
  private boolean removeNow(Container container, boolean force)
      throws IOException, InterruptedException {
    if (force && !stopper.kill(container)) {
      endings.giveUp(container.id()); // its parent has no room to tell its end
    }
    synchronized (container.changing) {
      if (container.state().isRunning()) {
        throw new ApiException(
            Code.CONFLICT,
            "You cannot remove a running container "
                + container.id()
                + ". Stop the container before attempting removal or force remove");
      }
      if (!containers.remove(container)) {
        return false;
      }
    }
    execs.forget(container);
    container.ended();
    containers.discard(container);
    publish(container, "destroy", Map.of());
    return true;
  }

  /// The run of a container, from its start to its end.
  private final class Run implements Awaited {
    private final Container container;

    // Of the thread that notes its end, perhaps more than once.
    private boolean isTold;
    private boolean isLogWhole;
    private @Nullable Boolean wasOutOfMemory;

    Run(Container container) {
      this.container = container;
    }

    @Override
    public String id() {
      return container.id();
    }

    @Override
    public Path folder() {
      return container.folder();
    }

    @Override
    public long pid() {
      return container.state().pid();
    }

    @Override
    public String processStart() {
      return container.state().processStart();
    }

    /// Those who wait for it are told also if the end of its log, or this, can't be stored.
    @Override
    public void ended(Parents.End end, String error) throws IOException, InterruptedException {
      if (!isTold) {
        tell(end, error);
        isTold = true;
      }
      if (container.config().removeWhenEnded()) {
        boolean _ = removeNow(container, false);
        return;
      }
      synchronized (container.changing) {
        if (container.state().isRunning()) {
          return; // its next start has stored more
        }
        if (containers.has(container)) {
          finishLog();
          Stored.write(container);
        }
        parents.forget(id());
      }
    }

    private void finishLog() throws IOException, InterruptedException {
      if (!isLogWhole) {
        container.log().finish();
        isLogWhole = true;
      }
    }

    private void tell(Parents.End end, String error) throws IOException, InterruptedException {
      if (wasOutOfMemory == null) {
        wasOutOfMemory = runtime.wasOutOfMemory(id()); // what tells it is cleaned away
      }
      runtime.clean(id(), folder());
      execs.containerEnded(container);
      ContainerState state = container.state().ended(end.code(), error, wasOutOfMemory, end.at());
      try {
        finishLog();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "it is tried again behind the telling", e);
      }
      boolean _ = container.log().awaitReaders(Execs.UNTIL_READ);
      synchronized (container.changing) {
        container.become(state);
        publish(container, "die", Map.of("exitCode", Integer.toString(end.code())));
        container.ended();
      }
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

  /// Stops looking. What runs goes on.
  @Override
  public void close() throws IOException {
    try (logs) {
      endings.close();
    }
  }
}
