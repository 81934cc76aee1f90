package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.context.Disconnects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client and the log are told of a failure.
class FailuresTest {
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  @TempDir Path folder;
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch failed = new CountDownLatch(1);
  private final BlockingQueue<LogRecord> said = new LinkedBlockingQueue<>();
  private final Handler listening =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
            said.add(message);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private ApiServer server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    Routes routes =
        new Routes()
            .on("GET", "/fault/{id}", _ -> fail(new IllegalStateException("a slip")))
            .on("GET", "/error/{id}", _ -> fail(new StackOverflowError()))
            .on("GET", "/late/{id}", FailuresTest::late)
            .on("GET", "/whole", FailuresTest::whole)
            .on("GET", "/interrupted", _ -> readInterrupted());
    server =
        new ApiServer(
            routes, new ApiVersions("1.12", "1.24"), Disconnects.cancelling(), Optional.empty());
    server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    port = server.start().getFirst();
    Logger.getLogger("").addHandler(listening);
  }

  private static void fail(RuntimeException fault) {
    throw fault;
  }

  private static void fail(Error fault) {
    throw fault;
  }

  private static void late(Call call) throws IOException {
    try (OutputStream out = call.stream("text/plain")) {
      out.write('a');
      out.flush();
      throw new IllegalStateException("a slip");
    }
  }

  private static void whole(Call call) throws IOException {
    try (OutputStream out = call.stream("text/plain")) {
      out.write('a');
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// As a handler does whose client leaves while it looks into a file.
  private void readInterrupted() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("file"))) {
      entered.countDown();
      awaitInterrupt();
      assertThat(lines.findFirst()).isEmpty();
    } finally {
      failed.countDown();
    }
  }

  @AfterEach
  void end() throws Exception {
    Logger.getLogger("").removeHandler(listening);
    server.close();
  }

  private String get(String path) throws IOException {
    return answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  /// All that comes until the connection ends.
  private String answer(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fault", "error", "late"})
  void aFaultIsLoggedOnceWithItsRequestAndItsStack(String kind) throws Exception {
    assertThat(get("/v1.24/" + kind + "/x"))
        .contains(kind.equals("late") ? " 200 OK" : " 500 ")
        .doesNotContain("at dev.groundhog");
    LogRecord only = Objects.requireNonNull(said.poll(60, TimeUnit.SECONDS));
    assertThat(only.getMessage()).isEqualTo("a fault of pouchd: GET /" + kind + "/{id}");
    assertThat(only.getThrown()).isNotNull();
    server.close(); // and nothing comes late
    assertThat(said).isEmpty();
  }

  /// What is sent of an answer in chunks, on a connection that is to be kept.
  private String chunks(String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      StringBuilder answer = new StringBuilder();
      for (int next = in.read(); next >= 0; next = in.read()) {
        answer.append((char) next);
        if (answer.toString().endsWith(LAST_CHUNK)) {
          break;
        }
      }
      return answer.toString();
    }
  }

  @Test
  void anAnswerThatAFaultBreaksOffDoesNotEndAsAWholeOneDoes() throws Exception {
    assertThat(chunks("/v1.24/whole")).contains("1\r\na\r\n").endsWith(LAST_CHUNK);
    assertThat(chunks("/v1.24/late/x")).contains("1\r\na").doesNotContain(LAST_CHUNK);
  }

  @Test
  void aHandlerThatFailsAsItsClientHasLeftIsNoFault() throws Exception {
    Files.writeString(folder.resolve("file"), "a");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET /v1.24/interrupted HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said.poll(1, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void whatIsRefusedBeforeAnyRouteIsToldAsEverythingElse() throws Exception {
    isRefused("/fault/%00", 400);
    isRefused("/fault//x", 400);
    isRefused("/%", 400);
    isRefused("/" + "x".repeat(20_000), 414);
    assertThat(said).isEmpty();
  }

  @Test
  void anAnswerThatEndsItsConnectionSaysSo() throws Exception {
    String length = "Content-Length: 1000\r\n";
    for (String head :
        new String[] {
          "GET /% HTTP/1.1\r\n",
          "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n",
          "POST /nothing HTTP/1.1\r\n" + length,
          "GET /v1.24/fault/x HTTP/1.1\r\n" + length,
        }) {
      assertThat(answer(head + "Host: localhost\r\n\r\nno thousand bytes"))
          .contains("{\"message\":\"")
          .contains("Connection: close\r\n");
    }
  }

  private void isRefused(String path, int status) throws IOException {
    assertThat(get(path))
        .as(path)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("application/json", "{\"message\":\"");
  }
}
