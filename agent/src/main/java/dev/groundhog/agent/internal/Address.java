package dev.groundhog.agent.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Where the agent listens, as an option names it.
public sealed interface Address {
  /// The forms that there are, for people.
  String FORMS = "address=HOST:PORT|unix:PATH|off";

  /// An address of IP; port 0 is any that is free.
  record Tcp(InetSocketAddress socket) implements Address {}

  /// A socket in the file system.
  record Unix(Path path) implements Address {}

  /// Nowhere.
  record Off() implements Address {}

  /// @param text `HOST:PORT`, where the host is an address, `localhost` or nothing (which is
  ///   `localhost`), `unix:PATH`, or `off`
  /// @throws IllegalArgumentException if it is none of these
  static Address parse(String text) {
    if (text.equals("off")) {
      return new Off();
    }
    if (text.startsWith("unix:")) {
      Path path = Path.of(text.substring("unix:".length()));
      if (path.getFileName() == null || path.toString().isEmpty()) {
        throw new IllegalArgumentException("'" + text + "' names no file; known: " + FORMS);
      }
      return new Unix(path.toAbsolutePath());
    }
    int colon = text.lastIndexOf(':');
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    if (port < 0) {
      throw new IllegalArgumentException("'" + text + "' is no address; known: " + FORMS);
    }
    return new Tcp(new InetSocketAddress(host(text.substring(0, colon)), port));
  }

  private static InetAddress host(String host) {
    if (host.isEmpty() || host.equals("localhost")) {
      return InetAddress.getLoopbackAddress();
    }
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    try {
      return InetAddress.ofLiteral(isBracketed ? host.substring(1, host.length() - 1) : host);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "'" + host + "' is no IP address: a name may stand for another tomorrow");
    }
  }

  /// The number, -1 if it is no port. Without a regular expression: this runs before the program.
  private static int port(String text) {
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || i == 5) {
        return -1;
      }
      port = 10 * port + digit;
    }
    return text.isEmpty() || port > 0xffff ? -1 : port;
  }
}
