package dev.groundhog.pouch.internal.image;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Files that are there whole or not at all, also after the machine has failed.
final class DurableFiles {
  private DurableFiles() {}

  /// Writes a file beside, forces it to disk, and renames it.
  static void write(Path file, byte[] bytes, Path beside) throws IOException {
    Path written = beside.resolve(file.getFileName() + ".new");
    try {
      try (FileOutputStream out = new FileOutputStream(written.toFile())) {
        out.write(bytes);
        out.getFD().sync();
      }
      move(written, file);
    } catch (IOException e) {
      Files.deleteIfExists(written);
      throw e;
    }
  }

  /// Renames, for good.
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.toAbsolutePath().getParent());
  }

  static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    force(file.toAbsolutePath().getParent());
  }

  private static void force(@org.jspecify.annotations.Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    boolean wasInterrupted = false;
    try {
      while (true) {
        wasInterrupted |= Thread.interrupted(); // a channel would be closed by it
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException _) {
          // The file is renamed already: who is interrupted only now must not take it for not
          // there.
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Deletes a file, or a folder with all that is in it. No symbolic link is followed.
  static void deleteTree(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      }
      try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          deleteTree(child);
        }
      }
    }
    try {
      Files.delete(path);
    } catch (NoSuchFileException _) {
      // as wished
    }
  }
}
