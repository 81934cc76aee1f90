package dev.groundhog.pouch.internal.engine;

import java.time.Instant;
import java.util.Optional;

/// Where a container's life is. The times, the exit code and what follows are those of its last
/// run.
///
/// @param pid of its first process on this machine; 0 while it does not run
/// @param processStart tells that process from a later one with its pid; empty if that is not known
/// @param exitCode as a shell has it: 128 and the signal's number for one that was killed
/// @param error why it did not start, or what is not known of its end; empty if there is none
/// @param wasOutOfMemory whether a process of it was killed for want of memory
public record ContainerState(
    Status status,
    long pid,
    String processStart,
    int exitCode,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    String error,
    boolean wasOutOfMemory) {

  /// As Docker's API names them, in lower case.
  public enum Status {
    CREATED,
    RUNNING,
    EXITED
  }

  static final ContainerState CREATED =
      new ContainerState(Status.CREATED, 0, "", 0, Optional.empty(), Optional.empty(), "", false);

  public boolean isRunning() {
    return status == Status.RUNNING;
  }

  ContainerState started(long pid, String processStart, Instant now) {
    return new ContainerState(
        Status.RUNNING, pid, processStart, 0, Optional.of(now), Optional.empty(), "", false);
  }

  /// It is as it was, but for the reason.
  ContainerState notStarted(int exitCode, String error) {
    return new ContainerState(status, 0, "", exitCode, startedAt, finishedAt, error, false);
  }

  ContainerState ended(int exitCode, String error, boolean wasOutOfMemory, Instant now) {
    return new ContainerState(
        Status.EXITED, 0, "", exitCode, startedAt, Optional.of(now), error, wasOutOfMemory);
  }
}
