package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// What a container prints to one of its outputs, and how much of it is in the log. Used by the
/// collector's thread only, which nobody interrupts.
final class RawFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RawFile.class.getName());

  /// Space is given back in pieces of at least so much.
  private static final long PUNCH_BYTES = 1 << 20;

  private final LogStream stream;
  private final Path path;
  private @Nullable FileChannel channel;

  /// What is in the log, or about to be written to it; and what surely is.
  private long taken;

  private long written;
  private @Nullable Instant open;
  private @Nullable Instant writtenOpen;

  /// Up to here no line ends: so that a line that grows by single bytes isn't read again and again.
  private long scanned;

  private long punched;
  private boolean mayPunch = true;

  /// Up to here it was printed while nobody looked, not later than that.
  private long backlogEnd;

  private Instant backlogTime = Instant.MAX;

  RawFile(LogStream stream, Path folder, Progress progress) {
    this.stream = stream;
    this.path = folder.resolve(stream.rawName());
    this.taken = progress.bytes(stream);
    this.open = progress.open(stream);
    this.written = taken;
    this.writtenOpen = open;
  }

  LogStream stream() {
    return stream;
  }

  long taken() {
    return taken;
  }

  /// The time of the long line of which a part is taken and the end isn't.
  @Nullable Instant open() {
    return open;
  }

  void take(int bytes, @Nullable Instant openNow) {
    taken += bytes;
    open = openNow;
  }

  /// What was taken is written.
  void commit() {
    written = taken;
    writtenOpen = open;
  }

  /// What was taken could not be written.
  void rollBack() {
    taken = written;
    open = writtenOpen;
    scanned = 0;
  }

  /// Reads what follows on what was taken. Waits for the end of a line, or a whole part, if
  /// `ending` is false.
  ///
  /// @return how many bytes there are
  int read(byte[] into, boolean ending) throws IOException {
    FileChannel file = channel();
    if (file == null) {
      return 0;
    }
    if (scanned > taken && !ending && !endsIn(file, into)) {
      return 0;
    }
    int count = file.read(ByteBuffer.wrap(into), taken);
    if (count <= 0) {
      return file.size() < taken ? restart(into, ending) : 0;
    }
    return count;
  }

  /// Only a part of a line was seen before: is there more than that now?
  private boolean endsIn(FileChannel file, byte[] into) throws IOException {
    int missing = (int) Math.max(1, Lines.PART_BYTES - (scanned - taken));
    int count = file.read(ByteBuffer.wrap(into, 0, missing), scanned);
    if (count <= 0) {
      return file.size() < scanned; // it was made shorter, which [#read] finds out
    }
    scanned += count;
    return count == missing || Lines.end(into, 0, count) >= 0;
  }

  /// Of `count` bytes that were read, and of which some are taken, no line ends in the rest.
  void sawRest(int rest) {
    scanned = taken + rest;
  }

  /// Somebody truncated or replaced it: a container may do that to its own output.
  private int restart(byte[] into, boolean ending) throws IOException {
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} is shorter than what was read of it, {1} bytes: its content is taken as new",
        path,
        taken);
    taken = 0;
    written = 0;
    open = null;
    writtenOpen = null;
    scanned = 0;
    punched = 0;
    backlogEnd = 0;
    return read(into, ending);
  }

  private @Nullable FileChannel channel() throws IOException {
    FileChannel file = channel;
    if (file == null) {
      try {
        file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      } catch (NoSuchFileException _) {
        return null; // the container isn't started yet
      }
      channel = file;
    }
    return file;
  }

  /// What is printed already was not printed now.
  void lookBack() throws IOException {
    FileChannel file = channel();
    if (file != null) {
      skipHole(file.size());
      backlogTime = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
      backlogEnd = file.size();
    }
  }

  /// Where somebody deleted `json.log` its progress is lost too; but what was given back to the
  /// disk was in it, and would be read as zeros.
  private void skipHole(long size) {
    if (taken < size) {
      taken = HolePunch.dataStart(path, taken, size);
      written = taken;
    }
  }

  /// When what follows on what was taken was printed, as well as is known.
  Instant time(Instant now) {
    return taken < backlogEnd && backlogTime.isBefore(now) ? backlogTime : now;
  }

  /// Gives the disk back what is in the log for good, as far as nobody reads it here.
  ///
  /// @param release how much that is of what is in the log
  void punch(boolean all, LongUnaryOperator release) {
    long end = HolePunch.wholeBlocks(release.applyAsLong(written));
    if (mayPunch && end - punched >= (all ? 1 : PUNCH_BYTES)) {
      mayPunch = HolePunch.punch(path, punched, end - punched);
      punched = end;
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel file = channel;
    channel = null;
    if (file != null) {
      file.close();
    }
  }
}
