package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The files of a log, from the oldest to the one that is written: where the collector, which adds
/// and renames, and the cursors, which wait and need what is older, meet.
///
/// A rotation renames from the oldest on: what is more than `max-file` becomes `json.log.kept.N`
/// and is deleted once no cursor is in it or before it, **and** a line is written to the new
/// `json.log`. At no moment, therefore, is there no line on disk that tells how far the log has
/// come.
final class Segments {
  static final String CURRENT = "json.log";
  static final String KEPT = "json.log.kept.";

  /// A cursor that waits for `until` to pass still gets what was seen before and is on its way.
  private static final Duration GRACE = Duration.ofMillis(100);

  private static final Duration LOOK_AGAIN = Duration.ofDays(1);

  /// So many files at most are kept for slow cursors, whatever their size.
  private static final int MOST_KEPT = 1_000;

  private final Path folder;
  private final int maxFiles;
  private final long mostKeptBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// Oldest first, never empty; the expired ones are the first.
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();

  private int kept;
  private long keptBytes;
  private volatile boolean ended = true;

  /// @param found the files there are, oldest first, the last one being that which is written
  Segments(Path folder, int maxFiles, long mostKeptBytes, List<Segment> found) {
    this.folder = folder;
    this.maxFiles = maxFiles;
    this.mostKeptBytes = mostKeptBytes;
    Segment before = null;
    for (Segment segment : found) {
      segments.add(segment);
      if (before != null) {
        before.next = segment;
      }
      before = segment;
    }
  }

  Segment current() {
    lock.lock();
    try {
      return segments.getLast();
    } finally {
      lock.unlock();
    }
  }

  boolean isEnded() {
    return ended;
  }

  /// Whether cursors at the end have something to wait for.
  void setEnded(boolean isEnded) {
    lock.lock();
    try {
      ended = isEnded;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// So much of the current segment is written, in whole lines.
  void commit(long bytes) {
    lock.lock();
    try {
      segments.getLast().bytes = bytes;
      dropExpired();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Begins a new file. If that fails it can be tried again; no line is lost.
  void rotate() throws IOException {
    lock.lock();
    try {
      int age = segments.size();
      for (Segment segment : segments) {
        rename(segment, age--);
      }
      Segment last = segments.getLast();
      Segment next = new Segment(last.number + 1, folder.resolve(CURRENT), 0);
      segments.add(next);
      last.next = next;
    } finally {
      lock.unlock();
    }
  }

  private void rename(Segment segment, int age) throws IOException {
    boolean expires = age >= maxFiles;
    Path target = folder.resolve(expires ? KEPT + segment.number : CURRENT + "." + age);
    if (!target.equals(segment.path)) {
      try {
        Files.move(segment.path, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (NoSuchFileException _) {
        // somebody deleted it: the log goes on
      }
      segment.path = target;
    }
    if (expires && !segment.expired) {
      segment.expired = true;
      kept++;
      keptBytes += segment.bytes;
    }
  }

  /// Deletes what nobody needs, and, of what somebody needs, what is too much.
  private void dropExpired() {
    if (segments.getLast().bytes == 0) {
      return; // how far the log has come may stand in an expired one only
    }
    while (segments.getFirst().expired
        && (segments.getFirst().readers == 0 || keptBytes > mostKeptBytes || kept > MOST_KEPT)) {
      Segment oldest = segments.removeFirst();
      oldest.lost = true;
      kept--;
      keptBytes -= oldest.bytes;
      try {
        Files.deleteIfExists(oldest.path);
      } catch (IOException _) {
        // the next start deletes it
      }
    }
  }

  /// A view of what the log consists of, for a new cursor, which is now in the oldest of it.
  List<Segment> enter() {
    lock.lock();
    try {
      List<Segment> all = segments.stream().filter(segment -> !segment.expired).toList();
      all.getFirst().readers++;
      return all;
    } finally {
      lock.unlock();
    }
  }

  void move(Segment from, Segment to) {
    if (from != to) {
      lock.lock();
      try {
        to.readers++;
        from.readers--;
        dropExpired();
      } finally {
        lock.unlock();
      }
    }
  }

  void leave(Segment segment) {
    lock.lock();
    try {
      segment.readers--;
      dropExpired();
    } finally {
      lock.unlock();
    }
  }

  /// Opens a segment by the name it has now.
  FileChannel open(Segment segment) throws IOException {
    lock.lock();
    try {
      requireKept(segment);
      return FileChannel.open(
          segment.path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } finally {
      lock.unlock();
    }
  }

  void requireKept(Segment segment) throws LogLagException {
    if (segment.lost) {
      throw new LogLagException(
          "the reader is so far behind that the log went on without it: more than "
              + mostKeptBytes
              + " bytes or "
              + MOST_KEPT
              + " files of rotated log were kept for it");
    }
  }

  /// Waits until there is more than `position` of a segment, or a next one, or the log has ended.
  ///
  /// @return false if `until` is past and there is no more
  boolean await(Segment segment, long position, Instant until) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (segment.bytes <= position && segment.next == null && !ended) {
        if (until.equals(Instant.MAX)) {
          changed.await();
        } else {
          Duration left = Duration.between(Instant.now(), until).plus(GRACE);
          if (!left.isPositive()) {
            return false;
          }
          changed.awaitNanos((left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN).toNanos());
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// How many cursors are open, for tests.
  int readers() {
    lock.lock();
    try {
      return segments.stream().mapToInt(segment -> segment.readers).sum();
    } finally {
      lock.unlock();
    }
  }
}
