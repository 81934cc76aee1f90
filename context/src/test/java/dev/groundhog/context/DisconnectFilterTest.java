package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisconnectFilterTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private final ExecutorService workers = Executors.newFixedThreadPool(1);
  private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    String missing = DisconnectWatcher.shared().missing();
    Assumptions.assumeTrue(missing.isEmpty(), missing);
    server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
    server.setExecutor(workers);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    workers.shutdownNow();
  }

  private Socket ask(String path) throws IOException {
    Socket socket = new Socket(HERE, server.getAddress().getPort());
    ask(socket, path);
    return socket;
  }

  private static void ask(Socket socket, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private void handle(Disconnects disconnects) {
    server.createContext("/logs", this::handle).getFilters().add(new DisconnectFilter(disconnects));
  }

  /// Says that it began; `/logs/short` is answered, all else waits.
  private void handle(HttpExchange exchange) throws IOException {
    ClientRequest request = ClientRequest.current().orElseThrow();
    seen.add(request);
    if (exchange.getRequestURI().getPath().endsWith("short")) {
      seen.add(Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted");
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
      return;
    }
    try {
      Thread.sleep(Duration.ofDays(1));
    } catch (InterruptedException _) {
      seen.add("interrupted");
    } finally {
      exchange.close();
    }
  }

  private Object next() throws InterruptedException {
    return seen.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void aHandlerIsInterruptedWhenItsClientLeavesAndItsContextSaysWhy() throws Exception {
    handle(Disconnects.cancelling());
    ClientRequest request;
    try (Socket _ = ask("/logs/7")) {
      request = (ClientRequest) next();
      assertThat(request.labels().map()).isEqualTo(Map.of("method", "GET", "route", "/logs"));
    }
    assertThat(next()).isEqualTo("interrupted");
    assertThat(request.context().cancellation().orElseThrow().cause().orElseThrow())
        .isInstanceOfSatisfying(
            ContextException.class,
            e -> assertThat(e.code()).isEqualTo(ContextException.Code.CLIENT_GONE));
    try (Socket _ = ask("/logs/short")) {
      next();
      assertThat(next()).as("the worker's next request").isEqualTo("not interrupted");
    }
  }

  @Test
  void onOneConnectionEachRequestHasItsOwnContextWhichEndsWithIt() throws Exception {
    handle(Disconnects.cancelling());
    try (Socket socket = ask("/logs/short")) {
      ClientRequest first = (ClientRequest) next();
      next();
      socket.getInputStream().read();
      ask(socket, "/logs/short");
      ClientRequest second = (ClientRequest) next();
      assertThat(next()).isEqualTo("not interrupted");
      assertThat(second).isNotSameAs(first);
      assertThat(first.context().cancellation().orElseThrow().cause()).isEmpty();
    }
  }

  @Test
  void labellingNotesThatTheClientIsGoneAndInterruptsNobody() throws Exception {
    handle(Disconnects.labelling());
    ClientRequest request;
    try (Socket _ = ask("/logs/7")) {
      request = (ClientRequest) next();
      assertThat(request.labels().clientGoneSince()).isEmpty();
    }
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (request.labels().clientGoneSince().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertThat(request.labels().clientGoneSince()).isPresent();
    assertThat(request.context().isCancelled()).isFalse();
    assertThat(seen).isEmpty();
  }
}
