package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients leave all the time, which is no news for the daemon's log.
class QuietLeavingTest {
  private static final String JSON = "Content-Type: application/json\r\n";

  @TempDir Path folder;
  private TestDaemon daemon;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Handler listening =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
            said.add(message.getLoggerName() + ": " + message.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(folder.resolve("root"), true);
    Logger.getLogger("").addHandler(listening);
  }

  @AfterEach
  void end() throws Exception {
    Logger.getLogger("").removeHandler(listening);
    daemon.close();
  }

  /// @param head without the version, and what all have
  private void leave(String head, String body, boolean isReset, int afterMillis) throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(daemon.url()).getPort())) {
      String request = head.replaceFirst(" /", " /v1.24/").replaceFirst("\r\n", " HTTP/1.1\r\n");
      socket
          .getOutputStream()
          .write(
              (request + "Host: localhost\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
      Thread.sleep(afterMillis);
      if (isReset) {
        socket.setSoLinger(true, 0);
      }
    }
  }

  @Test
  void whoeverLeavesWheneverTheDaemonSaysNothing() throws Exception {
    String slow = daemon.run("trap '' TERM; while true; do sleep 1; done", Map.of());
    String create = "{\"Image\":\"busybox\",\"Cmd\":[\"true\"]}";
    for (int i = 0; i < 20; i++) {
      boolean isReset = i % 2 == 0;
      int afterMillis = i % 5 * 4;
      String id = daemon.create("sleep 1000", Map.of());
      String exec =
          daemon.createExec(slow, Map.of("AttachStdout", true, "Cmd", List.of("sleep", "1")));
      leave("POST /containers/" + slow + "/wait\r\nContent-Length: 0\r\n", "", isReset, 30);
      leave("GET /containers/" + slow + "/logs?stdout=1&follow=1\r\n", "", isReset, afterMillis);
      leave("GET /events\r\n", "", isReset, afterMillis);
      leave("POST /containers/" + id + "/start\r\nContent-Length: 0\r\n", "", isReset, afterMillis);
      leave("POST /containers/" + slow + "/stop?t=9\r\nContent-Length: 0\r\n", "", isReset, 20);
      leave(
          "POST /containers/create\r\n" + JSON + "Content-Length: " + create.length() + "\r\n",
          create,
          isReset,
          afterMillis);
      leave(
          "POST /containers/create\r\n" + JSON + "Content-Length: 1000\r\n",
          create,
          isReset,
          afterMillis);
      leave(
          "POST /images/load\r\nContent-Type: application/x-tar\r\nContent-Length: 100000\r\n",
          "x".repeat(5_000),
          isReset,
          afterMillis);
      leave(
          "POST /exec/" + exec + "/start\r\n" + JSON + "Content-Length: 2\r\n",
          "{}",
          isReset,
          afterMillis);
      leave(
          "POST /containers/" + slow + "/attach?stream=1&stdout=1\r\nContent-Length: 0\r\n",
          "",
          isReset,
          afterMillis);
    }
    Thread.sleep(500); // what comes late
    assertThat(said).isEmpty();
  }
}
