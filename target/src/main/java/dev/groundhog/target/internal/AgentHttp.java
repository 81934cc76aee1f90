package dev.groundhog.target.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One GET of an agent's own listener, over TCP or a unix socket: HTTP/1.0, to whose answers that
/// listener adds nothing (no chunks), and ends them by closing. For other servers there is
/// [HttpSource].
final class AgentHttp {
  private static final int MAX_HEAD_BYTES = 1 << 14;

  private AgentHttp() {}

  /// The body of an answer with status 200; closing it ends the connection.
  ///
  /// @throws IOException if there is no such answer
  static InputStream get(AgentAddress agent, String path, Watchdog watchdog) throws IOException {
    Optional<String> token = agent.token();
    SocketChannel channel =
        agent.socket() instanceof InetSocketAddress
            ? SocketChannel.open()
            : SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      watchdog.guard(channel).connect(agent.socket());
      String authorization = token.map(text -> "Authorization: Bearer " + text + "\r\n").orElse("");
      ByteBuffer request =
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n" + authorization + "\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      InputStream answer = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
      String head = head(answer);
      if (head.matches("HTTP/1\\.\\d 503 (?s:.*)")) {
        throw new IOException(FirstLine.of(answer));
      }
      if (!head.matches("HTTP/1\\.\\d 200 (?s:.*)")) {
        throw new IOException(
            "the agent at " + agent.text() + " answers " + head.lines().findFirst().orElse(""));
      }
      return answer;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String head(InputStream answer) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int next = answer.read();
      if (next < 0 || head.length() == MAX_HEAD_BYTES) {
        throw new IOException("the answer has no head");
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
