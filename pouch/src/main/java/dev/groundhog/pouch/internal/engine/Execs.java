package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.log.LogOptions;
import dev.groundhog.pouch.internal.log.LogStream;
import dev.groundhog.pouch.internal.log.Logs;
import dev.groundhog.pouch.internal.log.OutputCursor;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Folders;
import dev.groundhog.pouch.internal.run.Launched;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The processes that `exec` starts in containers. A daemon that is started again lets those of its
/// predecessor run on, but nobody can ask for them any more.
public final class Execs {
  private static final System.Logger LOG = System.getLogger(Execs.class.getName());

  /// So long an end waits for clients that have not read all of the output.
  static final Duration UNTIL_READ = Duration.ofSeconds(2);

  /// What could not be started ends with it, as with Docker.
  private static final int NOT_STARTED = 126;

  /// What has been read of their output is not needed any more.
  static final LogOptions LEAST_LOG = new LogOptions(1 << 20, 1, new TreeMap<>());

  private final Parents parents;
  private final ContainerRuntime runtime;
  private final Logs logs;
  private final Events events;
  private final Endings endings;
  private final ExecStore store = new ExecStore();
  private final LeftExecs left;

  Execs(Parents parents, ContainerRuntime runtime, Logs logs, Events events, Endings endings) {
    this.parents = parents;
    this.runtime = runtime;
    this.logs = logs;
    this.events = events;
    this.endings = endings;
    this.left = new LeftExecs(parents, runtime, logs, endings);
  }

  /// Takes over what a daemon before this one has left in a container.
  void recover(Container container) throws InterruptedException {
    left.recover(container);
  }

  /// By its whole id.
  public Exec get(String id) {
    return store.get(id);
  }

  /// Those of a container.
  public List<Exec> of(Container container) {
    return store.of(container);
  }

  public Exec create(Container container, ProcessConfig process, Exec.Streams streams) {
    requireRunning(container);
    String id = Ids.next();
    Path folder = container.execs().resolve(id);
    Exec exec = new Exec(id, container, process, streams, folder);
    store.add(exec);
    publish(exec, "exec_create: " + command(exec), Map.of());
    return exec;
  }

  /// Also one whose first process is gone, but whose end is not noted yet, runs no more.
  private static boolean isRunning(Container container) {
    ContainerState state = container.state();
    boolean isKnown = !state.processStart().isEmpty();
    return state.isRunning() && (!isKnown || state.hasProcess());
  }

  private static void requireRunning(Container container) {
    if (!isRunning(container)) {
      throw new ApiException(Code.CONFLICT, "Container " + container.id() + " is not running");
    }
  }

  /// Lets the caller start it, and nobody else.
  public void claim(Exec exec) {
    requireRunning(exec.container());
    if (!exec.claim()) {
      throw new ApiException(
          Code.CONFLICT,
          "Error: Exec command "
              + exec.id()
              + (exec.exitCode().isPresent() ? " has already run" : " is already running"));
    }
  }

  /// The caller does not start it after all.
  public void unclaim(Exec exec) {
    exec.unclaim();
  }

  /// Starts one that was claimed and whose output nobody wants.
  public void startDetached(Exec exec) throws IOException, InterruptedException {
    begin(
        exec,
        () -> {
          Path nowhere = Path.of("/dev/null");
          for (LogStream stream : LogStream.values()) {
            Files.createSymbolicLink(exec.folder().resolve(stream.rawName()), nowhere);
          }
          start(exec);
          endInput(exec); // nobody will type
          return true;
        },
        _ -> {});
  }

  /// Starts one that was claimed.
  ///
  /// @return what it prints, from its first byte on
  public OutputCursor startAttached(Exec exec) throws IOException, InterruptedException {
    return begin(
        exec,
        () -> startRead(exec),
        output -> {
          output.close();
          endInput(exec);
        });
  }

  /// Where nobody will type, though it is asked for.
  private static void endInput(Exec exec) {
    if (exec.process().input() != ProcessConfig.Input.ONCE) {
      return;
    }
    try {
      exec.input().end();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the input of exec " + exec.id() + " is still open", e);
    }
  }

  private OutputCursor startRead(Exec exec) throws IOException, InterruptedException {
    ContainerLog log = logs.open(exec.folder(), LEAST_LOG);
    exec.printsTo(log);
    log.collect();
    Set<LogStream> streams = EnumSet.noneOf(LogStream.class);
    if (exec.streams().output() || exec.process().isTerminal()) {
      streams.add(LogStream.STDOUT);
    }
    if (exec.streams().error()) {
      streams.add(LogStream.STDERR);
    }
    OutputCursor output = log.output(streams);
    try {
      start(exec);
      return output;
    } catch (IOException | InterruptedException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  /// A client that leaves meanwhile leaves it to be started, and seen to its end.
  private <T> T begin(Exec exec, Undisturbed.Work<T> start, Consumer<T> unwanted)
      throws IOException, InterruptedException {
    return Undisturbed.run("pouch-exec", () -> beginNow(exec, start), unwanted);
  }

  private <T> T beginNow(Exec exec, Undisturbed.Work<T> start)
      throws IOException, InterruptedException {
    T started;
    Endings.Expected end = endings.expect(new Running(exec));
    try {
      Folders.make(exec.container().execs());
      Folders.make(exec.folder());
      started = start.run();
    } catch (IOException | RuntimeException | Error e) {
      end.withdraw();
      String reason = failure(exec);
      try {
        new Launched(exec.folder()).killAll();
      } finally {
        ended(exec, NOT_STARTED);
      }
      if (!reason.isEmpty()) {
        throw new ApiException(Code.BAD_REQUEST, reason, e);
      }
      if (e instanceof IOException) {
        throw new ApiException(Code.INTERNAL, String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
    end.hasStarted();
    if (!isRunning(exec.container())) {
      kill(exec); // it has ended meanwhile
    }
    return started;
  }

  private String failure(Exec exec) {
    try {
      return runtime.failure(exec.folder());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "why exec did not start is not known", e);
      return "";
    }
  }

  private void start(Exec exec) throws IOException, InterruptedException {
    Container container = exec.container();
    long pid =
        parents.start(
            runtime.exec(
                container.id(),
                container.config(),
                container.folder(),
                exec.process(),
                exec.id(),
                exec.folder()));
    exec.started(pid, ProcessStart.of(pid));
    publish(exec, "exec_start: " + command(exec), Map.of());
  }

  /// One that was started.
  private final class Running implements Awaited {
    private final Exec exec;

    Running(Exec exec) {
      this.exec = exec;
    }

    @Override
    public String id() {
      return exec.id();
    }

    @Override
    public Path folder() {
      return exec.folder();
    }

    @Override
    public long pid() {
      return exec.pid();
    }

    @Override
    public String processStart() {
      return exec.processStart();
    }

    @Override
    public void ended(Parents.End end, String error) throws IOException, InterruptedException {
      Execs.this.ended(exec, end.code());
    }
  }

  private void ended(Exec exec, int code) throws IOException, InterruptedException {
    if (exec.hasEnded(code)) {
      finishLog(exec);
      publish(exec, "exec_die", Map.of("exitCode", Integer.toString(code)));
    }
    discard(exec);
  }

  private static void finishLog(Exec exec) throws InterruptedException {
    Optional<ContainerLog> log = exec.log();
    if (log.isEmpty()) {
      return;
    }
    try {
      log.get().finish();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "not all that exec " + exec.id() + " printed is kept", e);
    }
    boolean _ = log.get().awaitReaders(UNTIL_READ);
  }

  /// Nothing of it is left but how it ended. A client that reads slowly reads on.
  private void discard(Exec exec) throws IOException, InterruptedException {
    exec.takeLog().ifPresent(ContainerLog::close);
    parents.forget(exec.id());
    Folders.delete(exec.folder());
  }

  /// With a container's first process all others end.
  void containerEnded(Container container) throws IOException {
    of(container).stream().filter(Exec::isStarted).forEach(Execs::kill);
    left.containerEnded(container);
  }

  /// Its parent kills its session, once it has ended.
  private static void kill(Exec exec) {
    ProcessStart.kill(exec.pid(), exec.processStart());
  }

  /// The container is gone, and its folder with it.
  void forget(Container container) {
    for (Exec exec : store.forget(container)) {
      exec.takeLog().ifPresent(ContainerLog::close);
    }
  }

  private static String command(Exec exec) {
    return String.join(" ", exec.process().command());
  }

  private void publish(Exec exec, String action, Map<String, String> more) {
    Map<String, String> attributes = exec.container().attributes();
    attributes.put("execID", exec.id());
    attributes.putAll(more);
    events.publish("container", action, exec.container().id(), attributes);
  }
}
