package dev.groundhog.pouch.internal.engine;

import java.time.Instant;
import java.util.Optional;

/// Where a container's life is. The times and the exit code are those of its last run.
///
/// @param pid of its first process on this machine; 0 while it does not run
/// @param exitCode as a shell has it: 128 and the signal's number for one that was killed
public record ContainerState(
    Status status,
    long pid,
    int exitCode,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /// As Docker's API names them, in lower case.
  public enum Status {
    CREATED,
    RUNNING,
    EXITED
  }

  static final ContainerState CREATED =
      new ContainerState(Status.CREATED, 0, 0, Optional.empty(), Optional.empty());

  public boolean isRunning() {
    return status == Status.RUNNING;
  }

  ContainerState started(long pid, Instant now) {
    return new ContainerState(Status.RUNNING, pid, 0, Optional.of(now), Optional.empty());
  }

  /// It could not be started.
  ContainerState failed(int exitCode) {
    return new ContainerState(status, 0, exitCode, startedAt, finishedAt);
  }

  ContainerState ended(int exitCode, Instant now) {
    return new ContainerState(Status.EXITED, 0, exitCode, startedAt, Optional.of(now));
  }
}
