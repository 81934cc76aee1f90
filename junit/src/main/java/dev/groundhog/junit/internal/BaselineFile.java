package dev.groundhog.junit.internal;

import dev.groundhog.leak.LeakException;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Suppressions;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// The leaks that a project has already, as a file of suppressions: one line for each signature,
/// and for each creator where it tells no more than that a pool is idle; sorted. Several JVMs may
/// add to one at the same time.
final class BaselineFile {
  private static final String HEAD =
      "# Leaks of threads that are known, so that only others fail. Repaired? Remove the line.";

  /// A file of suppressions is read up to 10,000 lines; some are left for people.
  static final int MAX_LINES = 9_000;

  private static final Duration MAX_WAIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private BaselineFile() {}

  /// How many lines were added, and how many were left out, since no more are taken.
  record Added(int lines, int leftOut) {}

  /// @param mayBeMissing whether it is to be written by this run
  /// @throws UncheckedIOException if it is missing all the same, or malformed; the message says
  ///   what to do
  static Suppressions read(Path file, boolean mayBeMissing) {
    if (!Files.exists(file)) {
      if (mayBeMissing) {
        return Suppressions.NONE;
      }
      String message = file + " is not there: write it with -D" + RunOptions.WRITE + "=true";
      throw new UncheckedIOException(message, new IOException(message));
    }
    try (Reader lines = Files.newBufferedReader(file)) {
      return Suppressions.read(lines, file.toString());
    } catch (LeakException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// Adds the lines whose conditions are not there; all others stay. At every moment the file is
  /// the one before or the one after.
  ///
  /// @param lines by their conditions
  static synchronized Added add(Path file, Map<String, String> lines) throws IOException {
    try (FileChannel channel =
            FileChannel.open(lockOf(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock(channel)) {
      List<String> before = Files.exists(file) ? Files.readAllLines(file) : List.of();
      Set<String> known = conditions(read(file, true));
      List<String> missing =
          lines.entrySet().stream()
              .filter(line -> !known.contains(line.getKey()))
              .map(Map.Entry::getValue)
              .toList();
      int room = Math.clamp(MAX_LINES - before.size(), 0, missing.size());
      WholeFile.write(file, text(before, missing.subList(0, room)));
      return new Added(room, missing.size() - room);
    }
  }

  private static Set<String> conditions(Suppressions rules) {
    return rules.rules().stream().map(Suppression::text).collect(Collectors.toSet());
  }

  /// What people have written in front stays there.
  private static String text(List<String> before, List<String> added) {
    List<String> comments = before.stream().filter(line -> line.startsWith("#")).toList();
    TreeSet<String> rules = new TreeSet<>(added);
    before.stream().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(rules::add);
    List<String> text = new ArrayList<>(comments.isEmpty() ? List.of(HEAD) : comments);
    text.addAll(rules);
    return String.join("\n", text) + "\n";
  }

  /// Apart from the file, which is replaced, and from its folder, which is somebody's sources.
  static Path lockOf(Path file) {
    String name = file.toAbsolutePath().normalize() + " of " + System.getProperty("user.name");
    String hash = HexFormat.of().toHexDigits(name.hashCode());
    return Path.of(System.getProperty("java.io.tmpdir"), "groundhog-baseline-" + hash + ".lock");
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    long begunNanos = System.nanoTime();
    while (System.nanoTime() - begunNanos < MAX_WAIT.toNanos()) {
      Optional<FileLock> lock = tried(channel);
      if (lock.isPresent()) {
        return lock.get();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new IOException("somebody else has held its lock for " + MAX_WAIT.toSeconds() + " s");
  }

  private static Optional<FileLock> tried(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException _) {
      return Optional.empty(); // a check in this JVM has it, which another loader has loaded
    }
  }
}
