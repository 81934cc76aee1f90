package dev.groundhog.pouch;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// Where a daemon listens.
public sealed interface PouchHost {
  /// Where one is looked for unless told otherwise.
  PouchHost DEFAULT = new Unix(Path.of("/var/run/pouchd.sock"));

  /// A unix socket.
  record Unix(Path socket) implements PouchHost {
    @Override
    public String toString() {
      return "unix://" + socket;
    }
  }

  /// A port of a machine, without TLS.
  ///
  /// @param name a name or an address, an IPv6 address in brackets
  record Tcp(String name, int port) implements PouchHost {
    @Override
    public String toString() {
      return "tcp://" + name + ":" + port;
    }
  }

  /// Reads `unix://PATH` or `tcp://HOST:PORT`.
  ///
  /// @throws IllegalArgumentException if it is neither; the message is for people
  static PouchHost parse(String text) {
    if (text.startsWith("unix:///")) {
      return new Unix(Path.of(text.substring("unix://".length())));
    }
    try {
      URI uri = new URI(text);
      if ("tcp".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getPort() > 0
          && uri.getPort() <= 65_535
          && text.equals("tcp://" + uri.getRawAuthority())
          && uri.getRawUserInfo() == null) {
        return new Tcp(uri.getHost(), uri.getPort());
      }
    } catch (URISyntaxException _) {
      // said below
    }
    throw new IllegalArgumentException(
        "a daemon's address is unix:///PATH or tcp://HOST:PORT, not " + text);
  }
}
