package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A reader's place in a log. For one thread at a time; to be closed.
///
/// While it waits it has no thread of its own, no descriptor and no buffer. It is not disturbed by
/// rotation. Interrupted, it is where it was.
public final class LogCursor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LogCursor.class.getName());

  private final Segments segments;
  private final LogQuery query;

  /// Where one that doesn't follow ends: in this segment, at this place.
  private final Segment lastSegment;

  private final long lastPosition;

  /// What follows next is here.
  private Segment segment;

  private long position;
  private @Nullable Reading reading;
  private boolean isSkipping;
  private boolean isDone;
  private boolean isClosed;

  private LogCursor(Segments segments, LogQuery query, Segment first, Segment last) {
    this.segments = segments;
    this.query = query;
    this.segment = first;
    this.lastSegment = last;
    this.lastPosition = last.bytes;
  }

  static LogCursor open(Segments segments, LogQuery query)
      throws IOException, InterruptedException {
    List<Segment> all = segments.enter();
    LogCursor cursor = new LogCursor(segments, query, all.getFirst(), all.getLast());
    try {
      if (query.tail() != LogQuery.ALL) {
        cursor.goBack(all, query.tail());
      }
      return cursor;
    } catch (ClosedByInterruptException _) {
      cursor.close();
      throw interrupted();
    } catch (IOException | RuntimeException e) {
      cursor.close();
      throw e;
    }
  }

  /// Goes to where `entries` before the end begin.
  private void goBack(List<Segment> all, long entries) throws IOException {
    Backwards.Counted counted = new Backwards.Counted(entries, 0);
    for (Segment candidate : all.reversed()) {
      long end = candidate == lastSegment ? lastPosition : candidate.bytes;
      if (counted.left() == 0) {
        moveTo(candidate, end);
        return;
      }
      if (end > 0) {
        try (FileChannel file = segments.open(candidate)) {
          counted = Backwards.back(file, end, counted.left());
        }
      }
      if (counted.left() == 0) {
        moveTo(candidate, counted.position());
        return;
      }
    }
  }

  /// The next entry; waits for it if the query follows.
  ///
  /// @return empty at the end: of the log, of what there was when the cursor was made unless it
  ///   follows, or of the query's time
  /// @throws InterruptedException if this thread is interrupted; it can be called again
  /// @throws LogLagException if what follows is no longer kept
  public Optional<LogEntry> next() throws IOException, InterruptedException {
    try {
      while (!isDone) {
        Reading now = reading;
        LogEntry entry = now == null ? null : nextBuffered(now);
        if (entry == null) {
          advance();
        } else if (entry.time().isAfter(query.until())) {
          end();
        } else if (isAskedFor(entry)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    } catch (ClosedByInterruptException _) {
      stopReading();
      throw interrupted();
    }
  }

  /// One without text only tells that a line of whole parts has ended.
  private boolean isAskedFor(LogEntry entry) {
    return entry.log().length > 0
        && !entry.time().isBefore(query.since())
        && query.streams().contains(entry.stream());
  }

  private static InterruptedException interrupted() {
    boolean _ = Thread.interrupted();
    return new InterruptedException("interrupted while reading a log");
  }

  /// Whether [#next] would wait now: the moment to flush what was made of the entries before.
  public boolean isCaughtUp() {
    Reading now = reading;
    return !isDone
        && query.isFollowing()
        && !segments.isEnded()
        && segment.next == null
        && segment.bytes <= position
        && (now == null || now.buffered() == 0);
  }

  /// Any line of the buffer that is an entry.
  private @Nullable LogEntry nextBuffered(Reading now) {
    while (true) {
      int end = Lines.end(now.buffer, now.from, now.to);
      if (end < 0) {
        return null;
      }
      LogEntry entry = isSkipping ? null : now.decoder.decode(now.buffer, now.from, end);
      int length = end + 1 - now.from;
      now.from += length;
      position += length;
      isSkipping = false;
      if (entry != null) {
        return entry;
      }
      sayMalformed();
    }
  }

  /// Reads on, goes on to the next segment, waits, or ends.
  private void advance() throws IOException, InterruptedException {
    Segment next = segment.next; // before its bytes: they don't change behind that
    boolean isLast = !query.isFollowing() && segment == lastSegment;
    long limit = isLast ? lastPosition : segment.bytes;
    Reading now = reading;
    long read = position + (now == null ? 0 : now.buffered());
    if (read < limit) {
      fill(read, limit);
    } else if (isLast) {
      end();
    } else if (next != null) {
      moveTo(next, 0);
    } else if (query.isFollowing()) {
      awaitMore(limit);
    } else {
      end();
    }
  }

  private void awaitMore(long limit) throws InterruptedException {
    boolean isEnded = segments.isEnded(); // before looking for the last time
    if (isEnded && segment.bytes <= limit && segment.next == null) {
      end();
      return;
    }
    stopReading();
    if (!segments.await(segment, position, query.until())) {
      end();
    }
  }

  private void fill(long from, long limit) throws IOException {
    segments.requireKept(segment); // though its open file could be read on, and its disk used
    Reading now = reading;
    if (now == null) {
      now = new Reading(segments.open(segment), limit - from);
      reading = now;
    }
    if (!now.makeRoom()) { // no line of ours is so long
      position += now.buffered();
      now.from = now.to;
      isSkipping = true;
      now.makeRoom();
    }
    int most = (int) Math.min(now.buffer.length - now.to, limit - from);
    int count = now.file.read(ByteBuffer.wrap(now.buffer, now.to, most), from);
    if (count <= 0) {
      throw new IOException("the log became shorter while it was read");
    }
    now.to += count;
  }

  private void moveTo(Segment to, long at) {
    stopReading();
    segments.move(segment, to);
    segment = to;
    position = at;
    isSkipping = false;
  }

  private void sayMalformed() {
    LOG.log(System.Logger.Level.DEBUG, "{0} has a line that is no entry: left out", segment.path);
  }

  private void end() {
    isDone = true;
    stopReading();
  }

  private void stopReading() {
    Reading now = reading;
    reading = null;
    if (now != null) {
      now.close();
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      end();
      segments.leave(segment);
    }
  }

  /// What a cursor has while there is something to read.
  private static final class Reading {
    private static final int MOST_BYTES = 64 << 10;
    private static final int LEAST_BYTES = 512;

    final FileChannel file;
    final LineDecoder decoder = new LineDecoder();
    byte[] buffer;

    /// What is in the buffer and not given out.
    int from;

    int to;

    Reading(FileChannel file, long available) {
      this.file = file;
      this.buffer = new byte[Math.clamp(available, LEAST_BYTES, MOST_BYTES)];
    }

    int buffered() {
      return to - from;
    }

    /// @return false if one line alone is too long
    boolean makeRoom() {
      if (from > 0) {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
      }
      if (to < buffer.length) {
        return true;
      }
      if (buffer.length > LineEncoder.MOST_LINE_BYTES) {
        return false;
      }
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
      return true;
    }

    void close() {
      try {
        file.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "a log that was read can't be closed", e);
      }
    }
  }
}
