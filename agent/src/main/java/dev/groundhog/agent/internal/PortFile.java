package dev.groundhog.agent.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where `groundhog PID` finds the agent of that process: `/tmp/groundhog-UID/PID-NAMESPACE`, of
/// mode 0600 in a folder of mode 0700; the namespace is the number in `/proc/self/ns/pid`, since
/// containers may share a `/tmp`. It has the lines `started=TICKS` (the start of the process by the
/// 22nd field of proc(5)'s `stat`, since a PID is used again), `address=…` as the option names it,
/// and `token-file=PATH` if a token is asked for. The PID and the folder are those of the process's
/// own namespaces; from outside they are found under `/proc/PID/root`.
final class PortFile {
  private static final Path TMP = Path.of("/tmp");
  private static final Path PROC = Path.of("/proc");
  private static final Path SELF = PROC.resolve("self");

  private final Path file;
  private final String started;

  private PortFile(Path file, String started) {
    this.file = file;
    this.started = started;
  }

  /// Of this process; files of processes that have ended are removed on the way.
  ///
  /// @throws IOException if there is no folder for it, or one that others could write to
  static PortFile ofThisJvm() throws IOException {
    int uid = (Integer) Files.getAttribute(SELF, "unix:uid");
    Path folder = TMP.resolve("groundhog-" + uid);
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException _) {
      requireOwn(folder, uid);
      clear(folder);
    }
    String pid = String.valueOf(Files.readSymbolicLink(SELF));
    return new PortFile(folder.resolve(pid + namespace()), startOf(pid).orElse(""));
  }

  /// `-4026531836` of `pid:[4026531836]`.
  private static String namespace() throws IOException {
    String link = String.valueOf(Files.readSymbolicLink(SELF.resolve("ns").resolve("pid")));
    return "-" + link.substring(link.indexOf('[') + 1, link.length() - 1);
  }

  private static void requireOwn(Path folder, int uid) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    boolean isOwn =
        attributes.isDirectory()
            && PosixFilePermissions.toString(attributes.permissions()).equals("rwx------")
            && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(uid);
    if (!isOwn) {
      throw new IOException(folder + " is not a folder of this user with mode 0700");
    }
  }

  private static void clear(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + namespace())) {
      for (Path each : files) {
        String name = String.valueOf(each.getFileName());
        Optional<String> start = startOf(name.substring(0, name.indexOf('-')));
        if (start.isEmpty() || !read(each).startsWith(start(start.get()))) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException | RuntimeException _) {
      // whoever reads a stale one sees that it is
    }
  }

  private static String read(Path file) throws IOException {
    return Files.size(file) > 1 << 14 ? "" : Files.readString(file);
  }

  private static String start(String ticks) {
    return "started=" + ticks + "\n";
  }

  /// When the process started, empty if there is none. The name in parentheses may hold anything.
  private static Optional<String> startOf(String pid) {
    try {
      String stat =
          new String(
              Files.readAllBytes(PROC.resolve(pid).resolve("stat")), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(fields[19]);
    } catch (IOException | RuntimeException _) {
      return Optional.empty();
    }
  }

  /// Replaces what it holds, at once.
  void write(String address, Optional<Path> tokenFile) throws IOException {
    StringBuilder text = new StringBuilder(start(started));
    text.append("address=").append(address).append('\n');
    tokenFile.ifPresent(path -> text.append("token-file=").append(path).append('\n'));
    // createTempFile gives mode 0600.
    Path made = Files.createTempFile(file.getParent(), ".", ".new");
    try {
      Files.writeString(made, text);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // it is seen to be stale
    }
  }
}
