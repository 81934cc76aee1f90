package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import java.io.FilterOutputStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /// Says that it began; does then what the path says.
  private void handle(HttpExchange exchange) throws IOException {
    ClientRequest request = ClientRequest.current().orElseThrow();
    seen.add(request);
    switch (exchange.getRequestURI().getPath()) {
      case "/logs/short" -> {
        seen.add(Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
      }
      case "/logs/empty" -> {
        exchange.sendResponseHeaders(200, -1);
        workOn(Duration.ofMillis(300));
      }
      case "/logs/whole" -> {
        exchange.sendResponseHeaders(200, 2);
        exchange.getResponseBody().write(new byte[2]);
        exchange.getResponseBody().flush();
        workOn(Duration.ofMillis(300));
        exchange.close();
      }
      case "/logs/half" -> {
        exchange.sendResponseHeaders(200, 4);
        exchange.getResponseBody().write(new byte[2]);
        exchange.getResponseBody().flush();
        seen.add("half");
        workOn(Duration.ofMillis(300));
        exchange.close();
      }
      case "/logs/twice" -> {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(new byte[2]);
        exchange.getResponseBody().flush();
        try {
          exchange.sendResponseHeaders(500, -1);
        } catch (IOException _) {
          seen.add("half");
          workOn(Duration.ofMillis(300));
        }
        exchange.close();
      }
      case "/logs/closed" -> {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().close();
        workOn(Duration.ofMillis(300));
      }
      case "/logs/later" ->
          request
              .context()
              .threadFactory(Thread.ofVirtual().factory())
              .newThread(() -> {
                workOn(Duration.ofMillis(300));
                try (exchange) {
                  exchange.sendResponseHeaders(200, -1);
                } catch (IOException e) {
                  seen.add(e);
                }
              })
              .start();
      case "/logs/forgets" -> workOn(Duration.ofDays(1));
      default -> {
        workOn(Duration.ofDays(1));
        exchange.close();
      }
    }
  }

  private void workOn(Duration time) {
    try {
      Thread.sleep(time);
      seen.add("not interrupted");
    } catch (InterruptedException _) {
      seen.add("interrupted");
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
      assertThat(request.isWatched()).isTrue();
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

  @ParameterizedTest
  @ValueSource(strings = {"/logs/empty", "/logs/whole", "/logs/closed"})
  void whoHasItsWholeAnswerMayLeave(String path) throws Exception {
    handle(Disconnects.cancelling());
    ClientRequest request;
    try (Socket socket = ask(path)) {
      request = (ClientRequest) next();
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
    assertThat(next()).isEqualTo("not interrupted");
    awaitEnd(request);
    assertThat(request.context().cancellation().orElseThrow().cause()).isEmpty();
    assertThat(request.labels().clientGoneSince()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logs/half", "/logs/twice"})
  void whoHasHalfOfItsAnswerIsGoneWhenItLeaves(String path) throws Exception {
    HttpContext context = server.createContext("/logs", this::handle);
    context.getFilters().add(new DisconnectFilter(Disconnects.cancelling()));
    context
        .getFilters()
        .add(
            Filter.beforeHandler(
                "wraps the answer, as a filter that counts or compresses",
                exchange ->
                    exchange.setStreams(null, new FilterOutputStream(exchange.getResponseBody()))));
    ClientRequest request;
    try (Socket socket = ask(path)) {
      request = (ClientRequest) next();
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      assertThat(next()).isEqualTo("half");
    }
    assertThat(next()).isEqualTo("interrupted");
    awaitEnd(request);
    assertThat(request.labels().clientGoneSince()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logs/short", "/logs/empty", "/logs/closed"})
  void whereTheServerAuthenticatesAllIsTheSame(String path) throws Exception {
    HttpContext context = server.createContext("/logs", this::handle);
    context.getFilters().add(new DisconnectFilter(Disconnects.cancelling()));
    context.setAuthenticator(
        new Authenticator() {
          @Override
          public Result authenticate(HttpExchange exchange) {
            return exchange.getRequestURI().getPath().equals("/logs/forbidden")
                ? new Failure(403)
                : new Success(new HttpPrincipal("ada", "here"));
          }
        });
    ClientRequest request;
    try (Socket socket = ask(path)) {
      request = (ClientRequest) next();
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      assertThat(next()).isEqualTo("not interrupted");
      awaitEnd(request);
    }
    assertThat(request.labels().clientGoneSince()).isEmpty();
    try (Socket socket = ask("/logs/forbidden")) {
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 403");
    }
    try (Socket _ = ask("/logs/7")) {
      request = (ClientRequest) next();
    }
    assertThat(next()).isEqualTo("interrupted");
    awaitEnd(request);
    assertThat(request.labels().clientGoneSince()).isPresent();
  }

  @Test
  void aRequestLastsUntilAnotherThreadHasAnswered() throws Exception {
    handle(Disconnects.cancelling());
    try (Socket socket = ask("/logs/later")) {
      ClientRequest request = (ClientRequest) next();
      assertThat(next()).isEqualTo("not interrupted");
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      awaitEnd(request);
    }
    ClientRequest left;
    try (Socket _ = ask("/logs/later")) {
      left = (ClientRequest) next();
    }
    assertThat(next()).isEqualTo("interrupted");
    awaitEnd(left);
    assertThat(left.labels().clientGoneSince()).isPresent();
  }

  @Test
  void theExchangeOfAClientThatLeftIsClosedWhereTheHandlerForgetsIt() throws Exception {
    handle(Disconnects.cancelling());
    try (Socket socket = ask("/logs/forgets")) {
      next();
      socket.shutdownOutput();
      assertThat(next()).isEqualTo("interrupted");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static void awaitEnd(ClientRequest request) throws InterruptedException {
    for (int i = 0; i < 1_000 && !request.context().isCancelled(); i++) {
      Thread.sleep(10);
    }
    assertThat(request.context().isCancelled()).isTrue();
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
