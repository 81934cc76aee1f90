package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place in what a container prints: bytes as they come, not lines. For one thread at a time; to
/// be closed.
///
/// What it has not read yet stays on the disk, up to a bound; one that is slower than that ends
/// with a [LogLagException]. While it waits it has no thread of its own.
public final class OutputCursor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OutputCursor.class.getName());

  private final List<Place> places = new ArrayList<>();
  private final Consumer<OutputCursor> closed;
  private int turn;

  // Guarded by this object's lock.
  private boolean isTold = true;
  private boolean isEnded;

  /// @param from where in its file each stream is read from
  /// @param mostHeldBytes so much of each stream is kept for it
  OutputCursor(
      Path folder, Map<LogStream, Long> from, long mostHeldBytes, Consumer<OutputCursor> closed) {
    from.forEach(
        (stream, position) -> places.add(new Place(stream, folder, position, mostHeldBytes)));
    this.closed = closed;
  }

  /// Reads what comes next of any stream; waits for it.
  ///
  /// @return whose it is; empty at the end of the container's output
  /// @throws InterruptedException if this thread is interrupted; nothing can be read any more
  /// @throws LogLagException if what follows is no longer kept
  public Optional<LogStream> read(ByteBuffer into) throws IOException, InterruptedException {
    while (true) {
      boolean isLast = beginLook();
      for (int i = 0; i < places.size(); i++) {
        Place place = places.get(turn);
        turn = (turn + 1) % places.size();
        if (place.read(into)) {
          return Optional.of(place.stream);
        }
      }
      if (isLast) {
        return Optional.empty();
      }
      awaitMore();
    }
  }

  private synchronized boolean beginLook() {
    isTold = false;
    return isEnded;
  }

  private synchronized void awaitMore() throws InterruptedException {
    while (!isTold && !isEnded) {
      wait();
    }
  }

  /// There may be more.
  synchronized void tell() {
    isTold = true;
    notifyAll();
  }

  /// No more will come than there is: [#read] comes to an end. By any thread. The files may be
  /// removed behind it.
  public void end() {
    for (Place place : places) {
      try {
        place.open();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "who reads it will see", e);
      }
    }
    synchronized (this) {
      isEnded = true;
      notifyAll();
    }
  }

  /// How much may be given back to the disk of `bytes` that are in the log.
  long release(LogStream stream, long bytes) {
    return places.stream()
        .filter(place -> place.stream == stream)
        .mapToLong(place -> place.release(bytes))
        .findAny()
        .orElse(bytes);
  }

  @Override
  public void close() {
    places.forEach(Place::close);
    closed.accept(this);
  }

  /// A place in one stream.
  private static final class Place {
    private final LogStream stream;
    private final Path path;
    private final long mostHeldBytes;
    private volatile long position;
    private volatile boolean isLost;
    private @Nullable FileChannel channel;

    Place(LogStream stream, Path folder, long position, long mostHeldBytes) {
      this.stream = stream;
      this.path = folder.resolve(stream.rawName());
      this.position = position;
      this.mostHeldBytes = mostHeldBytes;
    }

    boolean read(ByteBuffer into) throws IOException, InterruptedException {
      FileChannel file = open();
      if (file == null) {
        return false;
      }
      try {
        int start = into.position();
        long from = position;
        int count = file.read(into, from);
        if (isLost) { // asked behind the reading: what was read may be zeros
          into.position(start);
          throw new LogLagException(
              "too slow: more than "
                  + mostHeldBytes
                  + " bytes were printed that have not been read");
        }
        if (count <= 0) {
          position = Math.min(from, file.size()); // somebody may have cut it
          return false;
        }
        position = from + count;
        return true;
      } catch (ClosedByInterruptException _) {
        boolean _ = Thread.interrupted();
        throw new InterruptedException("interrupted while reading what a container prints");
      }
    }

    synchronized @Nullable FileChannel open() throws IOException {
      if (channel == null) {
        try {
          channel =
              FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException _) {
          return null; // the container isn't started yet
        }
      }
      return channel;
    }

    long release(long bytes) {
      long held = bytes - position;
      isLost |= held > mostHeldBytes;
      return isLost ? bytes : Math.min(bytes, position);
    }

    synchronized void close() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "what was read can't be closed", e);
      }
    }
  }
}
