package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Launched;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;

/// Finds again what a daemon before this one has left. Containers that run are followed further;
/// what can't be read is said, and left as it is.
final class Recovery {
  private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

  private final Containers containers;
  private final Parents parents;
  private final ContainerRuntime runtime;

  Recovery(Containers containers, Parents parents, ContainerRuntime runtime) {
    this.containers = containers;
    this.parents = parents;
    this.runtime = runtime;
  }

  void run() throws IOException, InterruptedException {
    for (Path folder : containers.foldersOfBefore()) {
      try {
        Container container = containers.adopt(Stored.read(folder), folder);
        if (container.state().isStarting()) {
          decide(container);
        }
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "left alone: " + folder + ": " + e.getMessage());
      }
    }
  }

  /// The daemon ended before it could note whether one was started. None runs that nobody knows.
  private void decide(Container container) throws IOException, InterruptedException {
    Launched launched = new Launched(container.folder());
    Path pidFile = runtime.pidFile(container.folder());
    boolean hasBegun = parents.awaitBegin(container.id(), launched, pidFile).isPresent();
    // In this order: a parent ends behind its last word.
    boolean isKnown = launched.hasParent() || parents.end(container.id()).isPresent();
    if (hasBegun && isKnown) {
      long pid = launched.process(pidFile).map(ProcessHandle::pid).orElse(0L);
      container.become(container.state().started(pid, ProcessStart.of(pid), startOf(pidFile)));
    } else {
      String known = runtime.failure(container.folder());
      String error = known.isEmpty() ? "pouchd ended while it was started" : known;
      launched.killAll();
      parents.forget(container.id());
      runtime.clean(container.id(), container.folder());
      container.become(container.state().notStarted(StartFailure.of(error).exitCode(), error));
    }
    Stored.write(container);
  }

  /// As its parent has noted it, as far as that is there.
  private static Instant startOf(Path pidFile) throws IOException {
    try {
      return Files.getLastModifiedTime(pidFile).toInstant();
    } catch (NoSuchFileException _) {
      return Instant.now();
    }
  }
}
