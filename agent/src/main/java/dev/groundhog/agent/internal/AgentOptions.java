package dev.groundhog.agent.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The text behind `-javaagent:groundhog-agent.jar=`.
///
/// @param address where to listen
public record AgentOptions(Optional<InetSocketAddress> address) {
  private static final String KNOWN = "address=HOST:PORT";
  private static final int MAX_PORT = 65_535;

  /// @throws IllegalArgumentException if an option or its value is not known; the message lists the
  ///   known ones
  public static AgentOptions parse(String text) {
    Optional<InetSocketAddress> address = Optional.empty();
    for (String option : text.split(",", -1)) {
      if (option.startsWith("address=")) {
        address = Optional.of(address(option.substring("address=".length())));
      } else if (!option.isBlank()) {
        throw new IllegalArgumentException("unknown option '" + option + "'; known: " + KNOWN);
      }
    }
    return new AgentOptions(address);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    if (port < 0) {
      throw new IllegalArgumentException("'" + text + "' is no address; known: " + KNOWN);
    }
    String host = text.substring(0, colon);
    InetAddress address =
        host.isEmpty() || host.equals("localhost")
            ? InetAddress.getLoopbackAddress()
            : InetAddress.ofLiteral(
                host.startsWith("[") && host.endsWith("]")
                    ? host.substring(1, host.length() - 1)
                    : host);
    return new InetSocketAddress(address, port);
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
    return text.isEmpty() || port > MAX_PORT ? -1 : port;
  }
}
