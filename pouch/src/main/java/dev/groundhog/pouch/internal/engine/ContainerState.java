package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.run.ProcessStart;
import java.time.Instant;
import java.util.Optional;

/// Where a container's life is. The times, the exit code and what follows are those of its last
/// run.
///
/// @param isStarting whether it is being started: a daemon that ends meanwhile may leave it running
/// @param pid of its first process on this machine; 0 while it does not run
/// @param processStart tells that process from a later one with its pid; empty if that is not known
/// @param exitCode as a shell has it: 128 and the signal's number for one that was killed
/// @param error why it did not start, or what is not known of its end; empty if there is none
/// @param wasOutOfMemory whether a process of it was killed for want of memory
public record ContainerState(
    Status status,
    boolean isStarting,
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
      new ContainerState(
          Status.CREATED, false, 0, "", 0, Optional.empty(), Optional.empty(), "", false);

  public boolean isRunning() {
    return status == Status.RUNNING;
  }

  /// Whether its first process is there, and not another one with its pid.
  boolean hasProcess() {
    return ProcessStart.isAlive(pid, processStart);
  }

  /// What follows is one of the next two.
  ContainerState starting() {
    return new ContainerState(
        status, true, pid, processStart, exitCode, startedAt, finishedAt, error, wasOutOfMemory);
  }

  ContainerState started(long pid, String processStart, Instant now) {
    return new ContainerState(
        Status.RUNNING, false, pid, processStart, 0, Optional.of(now), Optional.empty(), "", false);
  }

  /// It is as it was, but for the reason.
  ContainerState notStarted(int exitCode, String error) {
    return new ContainerState(status, false, 0, "", exitCode, startedAt, finishedAt, error, false);
  }

  /// Not before its start, whatever the clock says.
  ContainerState ended(int exitCode, String error, boolean wasOutOfMemory, Instant end) {
    Instant now = startedAt.filter(end::isBefore).orElse(end);
    return new ContainerState(
        Status.EXITED, false, 0, "", exitCode, startedAt, Optional.of(now), error, wasOutOfMemory);
  }
}
