package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns what one container prints into lines of its log, while it runs. Used by the collector's
/// thread only.
final class Collecting implements AutoCloseable {
  private static final Set<OpenOption> WRITING =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

  /// A clock that was set back by more is believed.
  private static final Duration CLOCK_JITTER = Duration.ofSeconds(1);

  /// A turn ends after so many: with small files and many of them they take longer than the lines.
  private static final int MOST_ROTATIONS = 8;

  private static final int MOST_LAST_TURNS = 1_000;

  /// Who reads the raw files themselves.
  interface Readers {
    /// How much of `bytes` they don't need.
    long release(LogStream stream, long bytes);
  }

  /// What one thread needs for all logs.
  static final class Buffers {
    private final byte[] in = new byte[256 << 10];
    private final LineEncoder lines = new LineEncoder();
  }

  private final Segments segments;
  private final long maxBytes;
  private final byte[] attrs;
  private final RawFile stdout;
  private final RawFile stderr;
  private final Buffers buffers;
  private final Readers readers;
  private @Nullable FileChannel out;
  private long written;
  private boolean isTorn;
  private int rotations;
  private Instant last = Instant.EPOCH;

  Collecting(
      Segments segments,
      Path folder,
      LogOptions options,
      Progress progress,
      Buffers buffers,
      Readers readers)
      throws IOException {
    this.segments = segments;
    this.maxBytes = options.maxBytes();
    this.attrs = LineEncoder.attrs(options.attrs());
    this.stdout = new RawFile(LogStream.STDOUT, folder, progress);
    this.stderr = new RawFile(LogStream.STDERR, folder, progress);
    this.buffers = buffers;
    this.readers = readers;
    this.written = segments.current().bytes;
    stdout.lookBack();
    stderr.lookBack();
  }

  /// What a turn found.
  enum Turn {
    NOTHING,
    SOME,
    /// There may be more at once.
    MORE
  }

  /// Takes what is there, up to a bound.
  Turn turn() throws IOException {
    long before = stdout.taken() + stderr.taken();
    boolean isMore = take(stdout, false);
    isMore |= take(stderr, false);
    punch(stdout, false);
    punch(stderr, false);
    return isMore
        ? Turn.MORE
        : stdout.taken() + stderr.taken() == before ? Turn.NOTHING : Turn.SOME;
  }

  /// When nothing comes any more: takes the last lines too, though they have no end.
  void end() throws IOException {
    for (RawFile raw : List.of(stdout, stderr)) {
      int turns = 0;
      while (take(raw, true) && turns < MOST_LAST_TURNS) {
        turns++; // somebody prints nevertheless
      }
      punch(raw, true);
    }
  }

  private void punch(RawFile raw, boolean all) {
    raw.punch(all, bytes -> readers.release(raw.stream(), bytes));
  }

  /// How far the log has come.
  Progress progress() {
    return new Progress(stdout.taken(), stderr.taken(), stdout.open(), stderr.open());
  }

  private boolean take(RawFile raw, boolean ending) throws IOException {
    try {
      int count = raw.read(buffers.in, ending);
      Instant time = time(raw.time(Instant.now()));
      rotations = 0;
      int rest = count > 0 ? takeLines(raw, count, time) : 0;
      boolean isMore = count == buffers.in.length || rotations >= MOST_ROTATIONS;
      if (ending && !isMore && (rest > 0 || raw.open() != null)) {
        line(raw, count - rest, count, true, time(raw.time(Instant.now())), 0);
        rest = 0;
      }
      if (count > 0) {
        raw.sawRest(rotations >= MOST_ROTATIONS ? 0 : rest);
      }
      flush();
      return isMore;
    } catch (IOException | RuntimeException e) {
      rollBack();
      throw e;
    }
  }

  /// Times of one batch differ by a nanosecond, so that they have an order.
  private Instant time(Instant seen) {
    Instant next = last.plusNanos(1);
    return seen.isBefore(next) && Duration.between(seen, next).compareTo(CLOCK_JITTER) < 0
        ? next
        : seen;
  }

  /// @return how many bytes are left; no line ends there unless there were many rotations
  private int takeLines(RawFile raw, int count, Instant first) throws IOException {
    byte[] text = buffers.in;
    Instant time = first;
    int from = 0;
    while (from < count && rotations < MOST_ROTATIONS) {
      int end = Lines.end(text, from, Math.min(count, from + Lines.PART_BYTES));
      if (end >= 0) {
        line(raw, from, end, true, time, 1);
        from = end + 1;
      } else if (count - from >= Lines.PART_BYTES) {
        int partEnd = Lines.partEnd(text, from);
        line(raw, from, partEnd, false, time, 0);
        from = partEnd;
      } else {
        break;
      }
      time = time.plusNanos(1);
    }
    return count - from;
  }

  /// @param ended whether nothing more of it comes
  /// @param endBytes how many bytes of the line's end are there
  private void line(RawFile raw, int from, int to, boolean ended, Instant now, int endBytes)
      throws IOException {
    LineEncoder lines = buffers.lines;
    if (written + lines.length() >= maxBytes) {
      flush();
      rotate();
    } else if (lines.isFull()) {
      flush();
    }
    Instant open = raw.open();
    Instant time = open == null ? now : open;
    raw.take(to - from + endBytes, ended ? null : time);
    lines.add(
        raw.stream(),
        buffers.in,
        from,
        to,
        endBytes > 0,
        attrs,
        time.getEpochSecond(),
        time.getNano(),
        stdout,
        stderr);
    last = now;
  }

  private void flush() throws IOException {
    ByteBuffer content = buffers.lines.content();
    if (!content.hasRemaining()) {
      return;
    }
    FileChannel file = out;
    if (file == null) {
      file = FileChannel.open(segments.current().path, WRITING, PRIVATE);
      out = file;
    }
    if (isTorn) {
      file.truncate(written);
      isTorn = false;
    }
    while (content.hasRemaining()) {
      file.write(content, written + content.position());
    }
    written += content.limit();
    buffers.lines.clear();
    stdout.commit();
    stderr.commit();
    segments.commit(written);
  }

  private void rotate() throws IOException {
    close(out);
    out = null;
    segments.rotate();
    written = 0;
    rotations++;
  }

  /// Nothing of what could not be written counts; what is in the file of it is cut before the next
  /// line: were it longer than that, a restart could take its rest for lines.
  private void rollBack() {
    buffers.lines.clear();
    stdout.rollBack();
    stderr.rollBack();
    isTorn = true;
  }

  @Override
  public void close() throws IOException {
    try (stdout;
        stderr) {
      close(out);
      out = null;
    }
  }

  private static void close(@Nullable FileChannel file) throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
