package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// The logs of all containers. Thread-safe. Two threads of its own, and one of the JDK's, however
/// many containers and readers there are.
public final class Logs implements AutoCloseable {
  /// So much rotated log of a container, and so much of each of its raw files, is kept at most for
  /// those that still read it; one that is slower than that ends with a [LogLagException].
  public static final long DEFAULT_MOST_KEPT_BYTES = 256L << 20;

  private final Collector collector = new Collector();
  private final ConcurrentHashMap<Path, ContainerLog> open = new ConcurrentHashMap<>();
  private final long mostKeptBytes;

  public Logs() {
    this(DEFAULT_MOST_KEPT_BYTES);
  }

  /// @param mostKeptBytes for each container, see [#DEFAULT_MOST_KEPT_BYTES]
  public Logs(long mostKeptBytes) {
    this.mostKeptBytes = mostKeptBytes;
  }

  /// Opens a container's log and repairs it if need be. It is opened once, and closed when its
  /// container is removed.
  ///
  /// @param folder the container's, with `stdout.raw` and `stderr.raw`, now or later
  public synchronized ContainerLog open(Path folder, LogOptions options) throws IOException {
    Path key = folder.toAbsolutePath().normalize();
    if (open.containsKey(key)) {
      throw new IllegalStateException("the log is open already: " + key);
    }
    Repair.Found found = Repair.repair(key);
    Segments segments = new Segments(key, options.maxFiles(), mostKeptBytes, found.segments());
    ContainerLog log =
        new ContainerLog(
            key,
            options,
            collector,
            segments,
            found.progress(),
            mostKeptBytes,
            closed -> open.remove(key, closed));
    open.put(key, log);
    return log;
  }

  /// Closes all logs and ends the threads.
  @Override
  public void close() {
    List.copyOf(open.values()).forEach(ContainerLog::close);
    collector.close();
  }
}
