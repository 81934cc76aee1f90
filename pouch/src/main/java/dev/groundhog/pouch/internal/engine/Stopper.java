package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.run.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Sends signals to containers, and waits for their end.
final class Stopper {
  private static final Duration UNTIL_KILLED = Duration.ofSeconds(10);

  private final ContainerRuntime runtime;

  Stopper(ContainerRuntime runtime) {
    this.runtime = runtime;
  }

  /// The end of the run that is under way; empty if it does not run. One that is being started is
  /// waited for.
  static Optional<Future<?>> run(Container container) {
    synchronized (container.changing) {
      Future<?> end = container.end();
      return container.state().isRunning() ? Optional.of(end) : Optional.empty();
    }
  }

  /// Asks it to end, and kills it when its time is over.
  ///
  /// @return false if it does not run
  boolean stop(Container container, Duration patience) throws IOException, InterruptedException {
    Optional<Future<?>> run = run(container);
    if (run.isEmpty()) {
      return false;
    }
    signal(container, Signals.number(container.config().stopSignal()));
    if (!isOver(run.get(), patience) && !killAndWait(container, run.get())) {
      throw new ApiException(
          Code.INTERNAL,
          "the container's process has ended, and how is not told: is the disk full? "
              + container.id());
    }
    return true;
  }

  /// Nothing, if it does not run.
  ///
  /// @return false if its process has ended, but nobody tells how
  boolean kill(Container container) throws IOException, InterruptedException {
    Optional<Future<?>> run = run(container);
    return run.isEmpty() || killAndWait(container, run.get());
  }

  private boolean killAndWait(Container container, Future<?> end)
      throws IOException, InterruptedException {
    signal(container, Signals.number("KILL"));
    if (hasEnded(end)) {
      return true;
    }
    if (container.state().hasProcess()) {
      throw new ApiException(Code.INTERNAL, "the container does not end: " + container.id());
    }
    return false;
  }

  /// Whether one that was killed has ended, which is waited for.
  static boolean hasEnded(Future<?> end) throws InterruptedException {
    return isOver(end, UNTIL_KILLED);
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

  /// To its first process, if that runs.
  void signal(Container container, int number) throws IOException, InterruptedException {
    ContainerState state = container.state();
    if (state.hasProcess()) {
      runtime.signal(container.id(), state.pid(), number);
    }
  }
}
