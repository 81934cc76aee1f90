package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/// Finds again what a daemon before this one has left. Containers that run are followed further;
/// what can't be read is said, and left as it is.
final class Recovery {
  private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

  private static final Duration UNTIL_STARTED = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

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
    OptionalLong pid = pid(container);
    ContainerState state = container.state();
    if (pid.isPresent()) {
      long known = pid.getAsLong();
      container.become(state.started(known, ProcessStart.of(known), startOf(container)));
    } else {
      Parents.killAll(container.folder());
      runtime.clean(container.id(), container.folder());
      String error = "pouchd ended while it was started";
      container.become(state.notStarted(StartFailure.of(error).exitCode(), error));
    }
    Stored.write(container);
  }

  /// As its parent has noted it, as far as that is there.
  private Instant startOf(Container container) throws IOException {
    try {
      return Files.getLastModifiedTime(runtime.pidFile(container.folder())).toInstant();
    } catch (NoSuchFileException _) {
      return Instant.now();
    }
  }

  /// Of one that its parent has started, or starts now, 0 if it is not known any more; empty if it
  /// has no parent.
  private OptionalLong pid(Container container) throws IOException, InterruptedException {
    long end = System.nanoTime() + UNTIL_STARTED.toNanos();
    while (System.nanoTime() < end) {
      boolean hasParent = Parents.isAlive(container.folder()); // before its last word is looked for
      OptionalLong pid = Parents.pid(runtime.pidFile(container.folder()));
      if (parents.end(container.id()).isPresent()) {
        return OptionalLong.of(pid.orElse(0));
      }
      if (pid.isPresent() || !hasParent) {
        return hasParent ? pid : OptionalLong.empty();
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return OptionalLong.empty();
  }
}
