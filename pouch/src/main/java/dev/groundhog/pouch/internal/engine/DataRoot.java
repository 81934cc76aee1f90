package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.io.WholeFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where a daemon keeps all that it has: one daemon's at a time, and of a version that it knows.
public final class DataRoot implements Closeable {
  /// Of the forms of all files in it.
  static final String VERSION = "1";

  /// Of these any data root has one.
  private static final Set<String> OURS = Set.of("lock", "version", "containers");

  /// In the root of some file systems.
  private static final String OF_FILE_SYSTEM = "lost+found";

  /// The locks that this JVM holds.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Lock lock;

  private DataRoot(Path folder, Lock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// Takes a folder, which is made if it is not there.
  ///
  /// @throws IOException if another daemon has it, or it is of another version
  public static DataRoot open(Path folder) throws IOException {
    Path root = folder.toAbsolutePath(); // parents of processes have other directories
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("the data root is no folder: " + e.getMessage(), e);
    }
    requireOurs(root);
    Lock lock = lock(root);
    try {
      checkVersion(root);
      return new DataRoot(root, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Not whatever folder was named by mistake.
  private static void requireOurs(Path root) throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      Set<String> names =
          all.map(each -> String.valueOf(each.getFileName()))
              .filter(name -> !name.equals(OF_FILE_SYSTEM))
              .collect(Collectors.toSet());
      if (!names.isEmpty() && Collections.disjoint(names, OURS)) {
        throw new IOException(root + " is no data root of pouchd, and not empty: name another one");
      }
    }
  }

  private record Lock(Path file, FileChannel channel) implements Closeable {
    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        HELD.remove(file);
      }
    }
  }

  private static Lock lock(Path root) throws IOException {
    Path file = root.toRealPath().resolve("lock");
    // A second channel of this JVM would lose the lock of the first when it is closed.
    if (!HELD.add(file)) {
      throw inUse(root);
    }
    try {
      return lock(root, file);
    } catch (IOException | RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static Lock lock(Path root, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(root);
      }
      return new Lock(file, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static IOException inUse(Path root) {
    return new IOException("another pouchd runs with the data root " + root);
  }

  private static void checkVersion(Path root) throws IOException {
    Path file = root.resolve("version");
    boolean isNew = !Files.exists(file) && !Files.exists(root.resolve("containers"));
    if (isNew) {
      WholeFile.write(file, (VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    String found = Files.exists(file) ? Files.readString(file).strip() : "none";
    if (!found.equals(VERSION)) {
      throw new IOException(
          "the data root "
              + root
              + " is of version "
              + found
              + ", and this pouchd knows "
              + VERSION
              + ": use the pouchd that made it, or another --data-root");
    }
  }

  /// Absolute.
  public Path folder() {
    return folder;
  }

  /// A folder in it, which is made if it is not there.
  public Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /// Lets another daemon have it.
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
