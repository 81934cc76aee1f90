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
    String port = text.substring(colon + 1);
    if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
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
    return new InetSocketAddress(address, Integer.parseInt(port));
  }
}
