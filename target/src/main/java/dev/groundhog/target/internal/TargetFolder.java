package dev.groundhog.target.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.Closeable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// A folder in the target's own `/tmp`, for one file that it shall open, where it cannot open ours:
/// of another user, or in a container. Both are removed when this is closed.
///
/// The folder is ours and closed to others until it is given to the target's user. Its name is
/// random, so nobody can have put a link there.
final class TargetFolder implements Closeable {
  private final ProcFs.Status target;
  private final Path folder;
  private final Path file;

  private TargetFolder(ProcFs.Status target, Path folder, Path file) {
    this.target = target;
    this.folder = folder;
    this.file = file;
  }

  /// @param name of the file, which is not made yet
  static TargetFolder make(long pid, ProcFs.Status target, String name) throws IOException {
    Path temporary = ProcFs.folder(pid).resolve("root").resolve("tmp");
    if (!Files.isDirectory(temporary, NOFOLLOW_LINKS)) {
      throw new IOException("the target has no folder /tmp");
    }
    Path folder =
        temporary.resolve("groundhog-look-" + new BigInteger(96, new SecureRandom()).toString(36));
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new TargetFolder(target, folder, folder.resolve(name));
  }

  /// The file as it is seen from here.
  Path file() {
    return file;
  }

  /// The file as the target sees it.
  String pathForTarget() {
    return "/tmp/" + folder.getFileName() + "/" + file.getFileName();
  }

  /// Gives the file and then the folder to the target's user.
  void give() throws IOException {
    give(file);
    give(folder);
  }

  private void give(Path path) throws IOException {
    if ((int) Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS) != target.uid()) {
      Files.setAttribute(path, "unix:gid", target.gid(), NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:uid", target.uid(), NOFOLLOW_LINKS);
    }
  }

  @Override
  public void close() {
    for (Path path : new Path[] {file, folder}) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // The target is gone, and its root with it.
      }
    }
  }
}
