package dev.groundhog.agent.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A unix socket in the file system (unix(7)).
final class SocketFile {
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rw-rw-rw-");

  private SocketFile() {}

  /// Binds `server` to `path`. The socket is made in a folder that is closed to others, and gets
  /// its place when it has its mode, so that nobody can connect before.
  ///
  /// @param isOpenToAll whether other users may connect
  /// @throws IOException if the place is taken, by what is no socket or by one that somebody
  ///   listens at, or cannot be had
  static void bind(ServerSocketChannel server, Path path, boolean isOpenToAll, int backlog)
      throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isForsaken(path)) {
      throw new IOException("the place is taken");
    }
    Path parent = path.getParent();
    Path folder = Files.createTempDirectory(parent, ".groundhog-");
    Path made = folder.resolve("s");
    try {
      server.bind(UnixDomainSocketAddress.of(made), backlog);
      open(made, isOpenToAll);
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
      Files.deleteIfExists(folder);
    }
  }

  /// Lets other users connect, or nobody but this one and root.
  static void open(Path path, boolean isOpenToAll) throws IOException {
    Files.setPosixFilePermissions(path, isOpenToAll ? ALL : OWN);
  }

  /// A socket of a program that has ended, at which nobody listens.
  private static boolean isForsaken(Path path) throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // the next one that wants the place finds it forsaken
    }
  }
}
