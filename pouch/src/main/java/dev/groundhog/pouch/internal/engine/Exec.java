package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.run.StandardInput;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A process that `exec` starts in a container. Thread-safe.
public final class Exec {
  /// What its client is to be connected with.
  ///
  /// @param detachKeys as asked for; empty for the usual ones
  public record Streams(boolean input, boolean output, boolean error, String detachKeys) {}

  /// Where its life is.
  private enum Status {
    CREATED,
    STARTED,
    ENDED
  }

  private final String id;
  private final Container container;
  private final ProcessConfig process;
  private final Streams streams;
  private final Path folder;
  private final StandardInput input;

  // Guarded by this object's lock.
  private Status status = Status.CREATED;
  private long pid;
  private String processStart = "";
  private OptionalInt exitCode = OptionalInt.empty();
  private Instant idleSince = Instant.now();
  private @Nullable ContainerLog log;

  Exec(String id, Container container, ProcessConfig process, Streams streams, Path folder) {
    this.id = id;
    this.container = container;
    this.process = process;
    this.streams = streams;
    this.folder = folder;
    this.input = new StandardInput(folder);
  }

  public String id() {
    return id;
  }

  public Container container() {
    return container;
  }

  public ProcessConfig process() {
    return process;
  }

  public Streams streams() {
    return streams;
  }

  /// Its parent's.
  public Path folder() {
    return folder;
  }

  public StandardInput input() {
    return input;
  }

  public synchronized boolean isRunning() {
    return status == Status.STARTED && pid > 0;
  }

  /// Of its process on this machine; 0 before its start.
  public synchronized long pid() {
    return pid;
  }

  /// Empty until it has ended.
  public synchronized OptionalInt exitCode() {
    return exitCode;
  }

  /// Whoever starts it may do so once.
  synchronized boolean claim() {
    boolean isFirst = status == Status.CREATED;
    status = isFirst ? Status.STARTED : status;
    return isFirst;
  }

  synchronized void unclaim() {
    status = Status.CREATED;
  }

  /// @param processStart tells its process from a later one with its pid
  synchronized void started(long pid, String processStart) {
    this.pid = pid;
    this.processStart = processStart;
  }

  synchronized String processStart() {
    return processStart;
  }

  /// @return whether it had not
  synchronized boolean hasEnded(int code) {
    boolean isFirst = status != Status.ENDED;
    if (isFirst) {
      status = Status.ENDED;
      exitCode = OptionalInt.of(code);
      idleSince = Instant.now();
    }
    return isFirst;
  }

  synchronized boolean isStarted() {
    return status == Status.STARTED;
  }

  /// Whether nobody has started it, or it has ended, by then.
  synchronized boolean isIdleSince(Instant time) {
    return status != Status.STARTED && idleSince.isBefore(time);
  }

  /// Of what it is to do: what it costs to remember it.
  long characters() {
    return Stream.concat(process.command().stream(), process.environment().stream())
        .mapToLong(String::length)
        .sum();
  }

  /// What it prints is kept here, until it has been read.
  synchronized void printsTo(ContainerLog log) {
    this.log = log;
  }

  /// Empty before its start, where nobody wants to read it, and when it is gone.
  synchronized Optional<ContainerLog> takeLog() {
    Optional<ContainerLog> taken = Optional.ofNullable(log);
    log = null;
    return taken;
  }

  synchronized Optional<ContainerLog> log() {
    return Optional.ofNullable(log);
  }
}
