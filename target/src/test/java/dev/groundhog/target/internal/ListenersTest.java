package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who listens on this machine, by the kernel's own tables.
class ListenersTest {
  private static final long SELF = ProcessHandle.current().pid();

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "127.0.0.1, localhost",
    "0.0.0.0, 127.0.0.1",
    "::1, [::1]",
    "::, 127.0.0.1",
  })
  void whoListensIsFound(String bound, String asked) throws Exception {
    try (ServerSocket server = bound(bound)) {
      assertThat(Listeners.at(asked, server.getLocalPort())).containsExactly(SELF);
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.2", "127.0.0.1, ::1", "127.0.0.1, 192.0.2.1", "127.0.0.1, ''"})
  void anotherAddressIsNotServed(String bound, String asked) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(bound))) {
      assertThat(Listeners.at(asked.isEmpty() ? "no such host" : asked, server.getLocalPort()))
          .isEmpty();
    }
  }

  @Test
  void whoIsConnectedDoesNotListen() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      assertThat(Listeners.at("127.0.0.1", client.getLocalPort())).isEmpty();
      int port = server.getLocalPort();
      server.close();
      assertThat(Listeners.at("127.0.0.1", port)).isEmpty();
    }
  }

  private static ServerSocket bound(String address) throws IOException {
    try {
      return new ServerSocket(0, 1, InetAddress.getByName(address));
    } catch (SocketException e) {
      assumeFalse(address.contains(":"), "no IPv6 here: " + e.getMessage());
      throw e;
    }
  }
}
