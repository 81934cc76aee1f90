package dev.groundhog.agent.internal;

import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.Answer;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.Request;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One connection, for one request.
final class Connection {
  /// How long a request may take to come.
  private static final Duration MAX_REQUEST = Duration.ofSeconds(10);

  /// How long a peer may take to take a piece of an answer.
  private static final Duration MAX_STILL = Duration.ofSeconds(30);

  /// How long the next piece of an answer may take to be made, besides what was asked for.
  private static final Duration MAX_WORK = Duration.ofMinutes(10);

  /// How long a peer that still sends is listened to.
  private static final Duration MAX_FAREWELL = Duration.ofMillis(200);

  private static final int BUFFER_BYTES = 1 << 16;

  private final SocketChannel channel;
  private final Supplier<DebugEndpoint> endpoint;
  private final AccessRule rule;
  private volatile long endNanos;

  Connection(SocketChannel channel, Supplier<DebugEndpoint> endpoint, AccessRule rule) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.rule = rule;
    allow(MAX_REQUEST);
  }

  /// From now on it is left open for as long.
  private void allow(Duration time) {
    endNanos = System.nanoTime() + time.toNanos();
  }

  /// Reads a request and answers it. Throws nothing.
  void serve() {
    try (channel) {
      if (channel.getLocalAddress() instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      RequestHead head;
      try {
        head = RequestHead.read(new BufferedInputStream(Channels.newInputStream(channel)));
      } catch (RequestHead.Refused e) {
        send(e.answer(), true, false);
        return;
      }
      answer(head);
      leaveInPeace();
    } catch (IOException | RuntimeException | Error _) {
      // The peer has gone, or this JVM is short of something: the connection is what it costs.
    }
  }

  private void answer(RequestHead head) throws IOException {
    AccessRule.Decision decision = decide(head);
    boolean hasBody = !head.method().equals("HEAD");
    if (!decision.allowed()) {
      send(DebugEndpoint.refusal(decision), hasBody, head.isHttp11());
      return;
    }
    Optional<Request> request = request(head);
    allow(MAX_WORK);
    Answer answer =
        request.isPresent()
            ? endpoint.get().answer(request.get())
            : Answer.line(400, "malformed request target");
    send(answer, hasBody, head.isHttp11());
  }

  private AccessRule.Decision decide(RequestHead head) throws IOException {
    SocketAddress local = channel.getLocalAddress();
    SocketAddress remote = channel.getRemoteAddress();
    return local instanceof InetSocketAddress here && remote instanceof InetSocketAddress peer
        ? rule.decide(here, peer, head::all)
        : rule.decide(head::all);
  }

  private static Optional<Request> request(RequestHead head) {
    try {
      URI target = new URI(head.target());
      return target.getPath() == null
          ? Optional.empty()
          : Optional.of(
              new Request(
                  head.method(),
                  target.getPath(),
                  Optional.ofNullable(target.getRawQuery()).orElse("")));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private void send(Answer answer, boolean hasBody, boolean chunked) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    if (chunked && hasBody) {
      headers.put("Transfer-Encoding", "chunked");
    }
    headers.put("Connection", "close");
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(' ');
    head.append(Reasons.of(answer.status())).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    OutputStream out = new Progress(Channels.newOutputStream(channel));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    allow(answer.patience().plus(MAX_WORK));
    if (hasBody && chunked) {
      ChunkedOutput chunks = new ChunkedOutput(out, BUFFER_BYTES);
      answer.body().writeTo(chunks);
      chunks.end();
    } else if (hasBody) {
      OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
      answer.body().writeTo(buffered);
      buffered.flush();
    }
  }

  /// A peer that still sends would get a reset instead of the answer.
  private void leaveInPeace() throws IOException {
    channel.shutdownOutput();
    allow(MAX_FAREWELL);
    ByteBuffer rest = ByteBuffer.allocate(1 << 12);
    for (int read = 0, bytes = 0; read >= 0 && bytes < BUFFER_BYTES; bytes += read) {
      read = channel.read(rest.clear());
    }
  }

  /// Closes the connection if what goes on takes too long.
  void closeIfStalled() {
    if (System.nanoTime() - endNanos > 0) {
      close();
    }
  }

  /// Ends it in the middle.
  void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // closed enough
    }
  }

  /// Notices that the peer takes what is written.
  private final class Progress extends OutputStream {
    private final OutputStream out;

    Progress(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      allow(MAX_STILL);
      out.write(bytes, offset, length);
      allow(MAX_WORK);
    }
  }
}
