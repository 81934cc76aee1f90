package dev.groundhog.target.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where the agent of a JVM on this machine listens, by the port file that it keeps:
/// `/tmp/groundhog-UID/PID-NAMESPACE` in its own namespaces, where the last is the number in
/// `/proc/PID/ns/pid`, with the lines `started=` (the start of the process by the 22nd field of
/// proc(5)'s `stat`), `address=` (`HOST:PORT` or `unix:PATH`) and, if a token is asked for,
/// `token-file=`.
///
/// @param text the address as the file has it
/// @param socket where to connect from here
/// @param tokenFile the file of the token
public record AgentAddress(String text, SocketAddress socket, Optional<Path> tokenFile) {
  private static final int MAX_FILE_BYTES = 1 << 14;
  private static final int MAX_TOKEN_BYTES = 1 << 12;

  /// Empty if there is no agent that can be asked from here: none listens, the file is of an
  /// earlier process with that PID or not of the process's user, the address is in a network that
  /// is not ours, or a token is asked for by another user's process or one in a container.
  public static Optional<AgentAddress> find(long pid) {
    try {
      ProcFs.Status status = ProcFs.status(pid);
      Path root = ProcFs.folder(pid).resolve("root");
      Path folder = root.resolve("tmp").resolve("groundhog-" + status.uid());
      Path file = folder.resolve(status.innerPid() + "-" + ProcFs.namespace(pid, "pid"));
      if (!Files.isDirectory(folder, NOFOLLOW_LINKS)
          || !Files.isRegularFile(file, NOFOLLOW_LINKS)
          || owner(folder) != status.uid()
          || owner(file) != status.uid()) {
        return Optional.empty();
      }
      Map<String, String> facts = new HashMap<>();
      ProcFs.head(file, MAX_FILE_BYTES)
          .lines()
          .forEach(line -> {
            int equals = line.indexOf('=');
            facts.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
          });
      String text = facts.getOrDefault("address", "");
      if (!facts.getOrDefault("started", "").equals(ProcFs.started(pid))) {
        return Optional.empty();
      }
      Optional<Path> token = Optional.ofNullable(facts.get("token-file")).map(Path::of);
      // The path is the other's word: followed for a stranger, it could name a file of ours.
      if (token.isPresent() && !JvmAttach.canOpenOurs(pid, status)) {
        return Optional.empty();
      }
      return socket(pid, root, text).map(socket -> new AgentAddress(text, socket, token));
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid", NOFOLLOW_LINKS);
  }

  private static Optional<SocketAddress> socket(long pid, Path root, String text)
      throws IOException {
    if (text.startsWith("unix:/")) {
      return Optional.of(
          UnixDomainSocketAddress.of(root.resolve("." + text.substring("unix:".length()))));
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0 || !ProcFs.sharesNamespace(pid, "net")) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    InetAddress address =
        InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    return Optional.of(
        new InetSocketAddress(
            address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address,
            Integer.parseInt(text.substring(colon + 1))));
  }

  /// The token, if one is asked for.
  ///
  /// @throws IOException if its file cannot be read by this user
  Optional<String> token() throws IOException {
    return tokenFile.isEmpty()
        ? Optional.empty()
        : ProcFs.head(tokenFile.get(), MAX_TOKEN_BYTES).lines().findFirst().map(String::strip);
  }
}
