package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.log.LogStream;
import dev.groundhog.pouch.internal.log.Logs;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Folders;
import dev.groundhog.pouch.internal.run.Launched;
import dev.groundhog.pouch.internal.run.Parents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The execs that a daemon before this one has started, and that run still: nobody can ask for them
/// any more, but their output may not fill the disk, and they end with their container.
/// Thread-safe.
final class LeftExecs {
  private static final System.Logger LOG = System.getLogger(LeftExecs.class.getName());

  private final Parents parents;
  private final ContainerRuntime runtime;
  private final Logs logs;
  private final Endings endings;
  private final Set<Left> all = ConcurrentHashMap.newKeySet();

  LeftExecs(Parents parents, ContainerRuntime runtime, Logs logs, Endings endings) {
    this.parents = parents;
    this.runtime = runtime;
    this.logs = logs;
    this.endings = endings;
  }

  /// Takes over those of a container. One whose output cannot be kept is taken over too.
  void recover(Container container) throws InterruptedException {
    for (Path folder : folders(container)) {
      Left exec = new Left(container, folder, log(folder));
      all.add(exec);
      endings.expect(exec).hasStarted();
    }
  }

  private static List<Path> folders(Container container) {
    Path execs = container.execs();
    if (!Files.isDirectory(execs)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(execs)) {
      return found.toList();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "processes in " + execs + " are not found again", e);
      return List.of();
    }
  }

  private Optional<ContainerLog> log(Path folder) throws InterruptedException {
    boolean isRead =
        Files.isRegularFile(folder.resolve(LogStream.STDOUT.rawName()), LinkOption.NOFOLLOW_LINKS);
    if (!isRead) {
      return Optional.empty();
    }
    ContainerLog log = null;
    try {
      log = logs.open(folder, Execs.LEAST_LOG);
      log.collect();
      return Optional.of(log);
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the output in " + folder + " is not collected", e);
      if (log != null) {
        log.close();
      }
      return Optional.empty();
    }
  }

  /// With a container's first process all others end.
  void containerEnded(Container container) throws IOException {
    for (Left exec : all) {
      if (exec.container == container) {
        exec.kill();
      }
    }
  }

  /// One of them.
  private final class Left implements Awaited {
    private final Container container;
    private final Path folder;

    /// Empty where its output goes nowhere.
    private final Optional<ContainerLog> log;

    Left(Container container, Path folder, Optional<ContainerLog> log) {
      this.container = container;
      this.folder = folder;
      this.log = log;
    }

    @Override
    public String id() {
      return String.valueOf(folder.getFileName());
    }

    @Override
    public Path folder() {
      return folder;
    }

    @Override
    public long pid() {
      return 0;
    }

    @Override
    public String processStart() {
      return "";
    }

    @Override
    public void ended(Parents.End end, String error) throws IOException, InterruptedException {
      log.ifPresent(ContainerLog::close);
      Folders.delete(folder);
      parents.forget(id());
      all.remove(this);
    }

    void kill() throws IOException {
      new Launched(folder)
          .process(runtime.pidFile(folder))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
