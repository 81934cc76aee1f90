package dev.groundhog.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Over real sockets, with what a stranger may send.
class ListenerTest {
  private static String address = "";

  @BeforeAll
  static void start() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    DebugEndpoint endpoint = new DebugEndpoint(ThisJvm.open(), List.of("java"));
    address =
        Listener.start(new Address.Tcp(any), () -> endpoint, AccessRule.loopback(any), false)
            .address();
  }

  @Test
  void aRequestIsAnsweredInChunks() throws IOException {
    String answer = ask("GET /debug/pprof/goroutine?debug=2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("Transfer-Encoding: chunked\r\n", "goroutine ")
        .endsWith("\r\n0\r\n\r\n");
  }

  @Test
  void anOldClientGetsNoChunks() throws IOException {
    String answer = ask("GET /debug/pprof/cmdline HTTP/1.0\r\nHost: localhost\r\n\r\n");
    assertThat(answer).doesNotContain("Transfer-Encoding").endsWith("\r\n\r\njava");
  }

  @Test
  void headHasNoBody() throws IOException {
    String answer = ask("HEAD /debug/pprof/cmdline HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("close\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1\r\n\r\n', 403",
    "'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', 403",
    "'GET /debug/pprof/x HTTP/1.1\r\nHost: localhost\r\n\r\n', 404",
    "'POST /debug/pprof/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 405",
    "'GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n', 400",
    "'GET  HTTP/1.1\r\n\r\n', 400",
    "'GET / HTTP/2.0\r\n\r\n', 400",
    "'GET / HTTP/1.1\r\nno header\r\n\r\n', 400",
    "'GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n', 400",
    "'\r\n\r\n', 400",
  })
  void whatIsNotServedIsRefused(String request, int status) throws IOException {
    assertThat(ask(request)).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void endlessHeadersAreCutOff() throws IOException {
    String head = "GET / HTTP/1.1\r\nHost: localhost\r\nX: ";
    assertThat(ask(head + "x".repeat(17 << 10))).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void connectionsBeyondTheBoundAreClosedAndTheOthersServed() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * Listener.MAX_CONNECTIONS; i++) {
        silent.add(connect());
      }
      int closed = 0;
      for (Socket socket : silent) {
        socket.setSoTimeout(100);
        try {
          closed += socket.getInputStream().read() < 0 ? 1 : 0;
        } catch (SocketException e) {
          closed++;
        } catch (java.net.SocketTimeoutException e) {
          // waits for our request
        }
      }
      assertThat(closed).isGreaterThanOrEqualTo(2 * Listener.MAX_CONNECTIONS);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    for (int attempt = 0; attempt < 50 && threads() > 0; attempt++) {
      Thread.sleep(100);
    }
    assertThat(threads()).isZero();
    aRequestIsAnsweredInChunks();
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    String[] parts = address.split(":", -1);
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
    assertThatThrownBy(() ->
            Listener.start(
                new Address.Tcp(taken),
                () -> new DebugEndpoint(ThisJvm.open(), List.of()),
                AccessRule.loopback(taken),
                false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(address);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("groundhog-http"))
        .count();
  }

  private static Socket connect() throws IOException {
    String[] parts = address.split(":", -1);
    return new Socket(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
  }

  private static String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
