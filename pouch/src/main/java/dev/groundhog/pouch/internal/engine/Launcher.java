package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Launched;
import dev.groundhog.pouch.internal.run.Parents;
import dev.groundhog.pouch.internal.run.ProcessStart;
import dev.groundhog.pouch.internal.spec.HostConfig;
import java.io.IOException;
import java.time.Instant;

/// Starts the first processes of containers, such that after a failure, or the daemon's end at any
/// moment, none runs that nobody knows.
final class Launcher {
  private static final System.Logger LOG = System.getLogger(Launcher.class.getName());

  private final Parents parents;
  private final ContainerRuntime runtime;

  Launcher(Parents parents, ContainerRuntime runtime) {
    this.parents = parents;
    this.runtime = runtime;
  }

  /// If it fails the container's state is what it was; what is left is for [#clean].
  void launch(Container container) throws IOException, InterruptedException {
    HostConfig.Network network = container.config().host().network();
    if (!network.exists()) {
      throw new ApiException(Code.NOT_FOUND, "network " + network.name() + " not found");
    }
    ContainerState before = container.state();
    try {
      container.become(before.starting());
      Stored.write(container); // the next daemon knows what to look for
      long pid = start(container);
      container.log().collect();
      container.become(before.started(pid, ProcessStart.of(pid), Instant.now()));
      Stored.write(container);
      container.endAbandonedInput();
    } catch (IOException | RuntimeException | Error e) {
      container.become(before);
      throw e;
    }
  }

  /// What a runtime prints where a container did not start is no output of it.
  private long start(Container container) throws IOException, InterruptedException {
    RawOutput output = RawOutput.of(container.folder());
    try {
      return parents.start(
          runtime.launch(
              container.id(), container.config(), container.folder(), container.layers()));
    } catch (IOException e) {
      String known = runtime.failure(container.folder());
      output.restore();
      throw known.isEmpty() ? e : new IOException(known, e);
    }
  }

  /// Ends and removes what is left of one that did not start, as far as that can be done.
  void clean(Container container) throws InterruptedException {
    tryTo(() -> new Launched(container.folder()).killAll(), container);
    tryTo(() -> parents.forget(container.id()), container);
    tryTo(() -> runtime.clean(container.id(), container.folder()), container);
    tryTo(container.log()::finish, container); // for those who wait for it
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static void tryTo(Step step, Container container) throws InterruptedException {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "not all of " + container.id() + " is cleaned, which did not start: " + e.getMessage());
    }
  }
}
