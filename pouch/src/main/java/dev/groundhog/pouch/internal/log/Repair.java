package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the files of a log and how far it has come, whatever the daemon was doing when it died. A
/// torn last line is cut: the raw files still have it. Each step may itself be cut short.
///
/// It guards against the death of the process, not of the machine: what is written is not forced to
/// the disk, as with Docker.
final class Repair {
  private static final System.Logger LOG = System.getLogger(Repair.class.getName());

  /// So many rotated files are looked for at most.
  private static final int MOST_FILES = 10_000;

  private final Path folder;
  private final LineDecoder decoder = new LineDecoder();
  private final TreeMap<Long, Path> rotated = new TreeMap<>(Comparator.reverseOrder());
  private final TreeMap<Long, Path> kept = new TreeMap<>(Comparator.reverseOrder());

  private Repair(Path folder) {
    this.folder = folder;
  }

  /// @param segments oldest first, the last one being that which is written, if only in future
  record Found(List<Segment> segments, Progress progress) {}

  /// What of a file is whole, and how far the log was with it.
  private record Whole(long bytes, @Nullable Progress progress) {}

  static Found repair(Path folder) throws IOException {
    return new Repair(folder).repair();
  }

  private Found repair() throws IOException {
    list();
    Path current = folder.resolve(Segments.CURRENT);
    Whole whole = whole(current);
    Progress progress = whole.progress();
    for (Path path : rotated.descendingMap().values()) { // from the newest on
      if (progress != null) {
        break;
      }
      progress = whole(path).progress();
    }
    if (progress == null && whole.bytes() == 0) {
      for (Path path : kept.values()) { // from the newest on
        Whole last = whole(path);
        if (last.progress() != null) {
          Files.move(path, current, StandardCopyOption.ATOMIC_MOVE);
          whole = last;
          progress = last.progress();
          break;
        }
      }
    }
    cut(current, whole.bytes());
    for (Path path : kept.values()) {
      Files.deleteIfExists(path);
    }
    return new Found(segments(current, whole.bytes()), progress == null ? Progress.NONE : progress);
  }

  private void list() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Segments.CURRENT + ".*")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean isKept = name.startsWith(Segments.KEPT);
        String number =
            name.substring(isKept ? Segments.KEPT.length() : Segments.CURRENT.length() + 1);
        if (number.matches("[1-9]\\d{0,17}")
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          long value = Long.parseLong(number);
          if (isKept) {
            kept.put(value, file);
          } else if (value <= MOST_FILES) {
            rotated.put(value, file);
          }
        }
      }
    }
  }

  private List<Segment> segments(Path current, long bytes) throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (Path path : rotated.values()) {
      segments.add(new Segment(segments.size(), path, Files.size(path)));
    }
    segments.add(new Segment(segments.size(), current, bytes));
    return segments;
  }

  private static void cut(Path path, long bytes) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) > bytes) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "{0}: the last {1} bytes are no whole line and are made anew",
          path,
          Files.size(path) - bytes);
      try (FileChannel file =
          FileChannel.open(path, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
        file.truncate(bytes);
      }
    }
  }

  /// Looks from the end on for the last line that is an entry, and the last one with its progress:
  /// in a log of ours that is the same one.
  private Whole whole(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return new Whole(0, null);
    }
    try (FileChannel file =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long whole = 0;
      long end = Backwards.lineStart(file, file.size());
      while (end > 0) {
        long start = Backwards.lineStart(file, end - 1);
        if (isEntry(file, start, end - 1)) {
          whole = Math.max(whole, end);
          Progress progress = decoder.progress();
          if (progress != null) {
            return new Whole(whole, progress);
          }
        }
        end = start;
      }
      return new Whole(whole, null);
    }
  }

  private boolean isEntry(FileChannel file, long start, long end) throws IOException {
    if (end - start > LineEncoder.MOST_LINE_BYTES) {
      return false;
    }
    byte[] line = new byte[(int) (end - start)];
    ByteBuffer buffer = ByteBuffer.wrap(line);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, start + buffer.position()) < 0) {
        return false;
      }
    }
    return decoder.decode(line, 0, line.length) != null;
  }
}
