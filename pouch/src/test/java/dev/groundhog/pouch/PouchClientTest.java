package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.groundhog.pouch.PouchException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client against a daemon, over its unix socket unless said otherwise.
class PouchClientTest {
  private static final long TIMEOUT_SECONDS = 60;

  @TempDir Path folder;
  private Pouchd daemon;
  private PouchClient client;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "containers are made on Linux only");
    daemon =
        Pouchd.start(
            new PouchOptions(
                List.of(folder.resolve("s")),
                List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                folder.resolve("root"),
                Optional.of("process"),
                true,
                Optional.empty()));
    client = PouchClient.of(new PouchHost.Unix(folder.resolve("s")));
  }

  @AfterEach
  void end() throws Exception {
    for (ContainerSummary container : client.containers(true)) {
      client.remove(container.id(), true);
    }
    client.close();
    daemon.close();
  }

  private String run(String name, String script) throws Exception {
    RunRequest request = RunRequest.of("busybox", List.of("sh", "-c", script));
    return run(
        new RunRequest(
            request.image(),
            request.command(),
            Optional.of(name),
            List.of("A=b c"),
            Map.of("role", "test"),
            Optional.empty(),
            Optional.of("/tmp"),
            List.of(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            false));
  }

  private String run(RunRequest request) throws Exception {
    PouchClient.Created created = client.create(request);
    client.start(created.id());
    return created.id();
  }

  private void logs(String container, LogsRequest request) throws Exception {
    client.logs(container, request, stdout, stderr);
  }

  private String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private ContainerSummary only(boolean all) throws Exception {
    List<ContainerSummary> containers = client.containers(all);
    assertThat(containers).hasSize(1);
    return containers.getFirst();
  }

  @Test
  void aContainerRunsAndWhatItPrintsComesApart() throws Exception {
    PouchClient.Created created =
        client.create(RunRequest.of("busybox", List.of("sh", "-c", "echo out; echo err >&2")));
    assertThat(created.id()).matches("\\p{XDigit}{64}");
    assertThat(created.warnings()).singleElement().asString().contains("isolates nothing");
    client.start(created.id());
    logs(created.id(), LogsRequest.all().following());
    assertThat(text(stdout)).isEqualTo("out\n");
    assertThat(text(stderr)).isEqualTo("err\n");
  }

  @Test
  void theSameGoesOverTcp() throws Exception {
    try (PouchClient tcp =
        PouchClient.of(new PouchHost.Tcp("127.0.0.1", daemon.ports().getFirst()))) {
      String id = run("seen", "echo out");
      tcp.logs(id, LogsRequest.all().following(), stdout, stderr);
      assertThat(text(stdout)).isEqualTo("out\n");
      assertThat(tcp.version().api()).isEqualTo("1.24");
    }
  }

  @Test
  void whatWasAskedForReachesTheContainer() throws Exception {
    String id = run("asked", "echo $A; pwd");
    logs("asked", LogsRequest.all().following());
    assertThat(text(stdout)).isEqualTo("b c\n/tmp\n");
    ContainerSummary listed = only(true);
    assertThat(listed.id()).isEqualTo(id);
    assertThat(listed.names()).containsExactly("asked");
    assertThat(listed.image()).isEqualTo("busybox");
    assertThat(listed.command()).startsWith("sh -c");
    assertThat(listed.created())
        .isBetween(Instant.now().minusSeconds(3_600), Instant.now().plusSeconds(1));
    assertThat(client.containers(false)).isEmpty();
  }

  @Test
  void theTailAndATimeChooseLines() throws Exception {
    run("lines", "echo 1; echo 2; echo 3");
    logs("lines", LogsRequest.all().following());
    stdout.reset();
    logs(
        "lines",
        new LogsRequest(false, OptionalLong.of(2), Optional.empty(), Optional.empty(), true));
    List<String> lines = text(stdout).lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).endsWith("Z 2");
    Instant first = Instant.parse(lines.getFirst().split(" ", 2)[0]);
    Instant last = Instant.parse(lines.getLast().split(" ", 2)[0]);
    stdout.reset();
    logs(
        "lines",
        new LogsRequest(false, OptionalLong.empty(), Optional.of(first), Optional.of(last), false));
    assertThat(text(stdout)).contains("2\n");
    stdout.reset();
    logs(
        "lines",
        new LogsRequest(
            false,
            OptionalLong.empty(),
            Optional.of(last.plus(Duration.ofHours(1))),
            Optional.empty(),
            false));
    assertThat(text(stdout)).isEmpty();
  }

  @Test
  void aTimeIsWrittenAsTheDaemonReadsItInAnyLocale() throws Exception {
    run("abroad", "echo 1");
    logs("abroad", LogsRequest.all().following());
    stdout.reset();
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab")); // digits of its own
    try {
      logs(
          "abroad",
          new LogsRequest(
              false, OptionalLong.empty(), Optional.of(Instant.EPOCH), Optional.empty(), false));
    } finally {
      Locale.setDefault(before);
    }
    assertThat(text(stdout)).isEqualTo("1\n");
  }

  @Test
  void aLongLogComesWhole() throws Exception {
    run("long", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done");
    logs("long", LogsRequest.all().following());
    String expected =
        IntStream.rangeClosed(1, 20_000)
            .mapToObj(i -> "line " + i + "\n")
            .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
            .toString();
    assertThat(text(stdout)).isEqualTo(expected);
  }

  /// Says when the first byte has come.
  private static final class Telling extends OutputStream {
    final CountDownLatch come = new CountDownLatch(1);

    @Override
    public void write(int b) {
      come.countDown();
    }
  }

  @Test
  void whoFollowsSeesALineBeforeTheNext() throws Exception {
    run("slow", "echo now; while true; do sleep 1; done");
    Telling telling = new Telling();
    CompletableFuture<Void> following = follow("slow", telling);
    assertThat(telling.come.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(following).isNotDone();
    client.stop("slow", Optional.of(Duration.ZERO));
    following.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private CompletableFuture<Void> follow(String container, OutputStream out) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            client.logs(container, LogsRequest.all().following(), out, stderr);
            end.complete(null);
          } catch (Exception e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  @Test
  void followingEndsWithItsInterruptAndHangsUp() throws Exception {
    run("silent", "while true; do sleep 1; done");
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread following =
        Thread.ofVirtual()
            .start(() -> {
              try {
                logs("silent", LogsRequest.all().following());
                end.completeExceptionally(new AssertionError("it ended by itself"));
              } catch (Exception e) {
                end.complete(e);
              }
            });
    awaitHandlers(1);
    following.interrupt();
    assertThat(end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isNotNull();
    awaitHandlers(0);
  }

  private void awaitHandlers(int wanted) throws Exception {
    URI dump =
        URI.create(
            "http://127.0.0.1:" + daemon.ports().getFirst() + "/debug/pprof/goroutine?debug=2");
    try (HttpClient http = HttpClient.newHttpClient()) {
      Await.until(
          wanted + " handlers",
          () ->
              http.send(HttpRequest.newBuilder(dump).build(), HttpResponse.BodyHandlers.ofString())
                          .body()
                          .split("LogRoutes.logsContainer", -1)
                          .length
                      - 1
                  == wanted);
    }
  }

  @Test
  void whoCannotWriteHangsUp() throws Exception {
    run("talking", "while true; do echo line; sleep 0.1; done");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> client.logs("talking", LogsRequest.all().following(), full, stderr))
        .withMessage("no space left")
        .isNotInstanceOf(PouchException.class);
    awaitHandlers(0);
  }

  @Test
  void aContainerIsStoppedKilledAndRemoved() throws Exception {
    String id = run("ends", "trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done");
    Telling ready = new Telling();
    CompletableFuture<Void> following = follow("ends", ready);
    assertThat(ready.come.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> client.remove("ends", false))
        .returns(Code.REFUSED, PouchException::code);
    client.stop(id.substring(0, 12), Optional.of(Duration.ofSeconds(TIMEOUT_SECONDS)));
    following.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(only(true).status()).startsWith("Exited (5)");
    client.stop(id, Optional.empty());
    client.remove("ends", false);
    assertThat(client.containers(true)).isEmpty();
    run("killed", "while true; do sleep 1; done");
    client.kill("killed", "KILL");
    logs("killed", LogsRequest.all().following());
    // Its log is at its end a moment before it is.
    Await.until("its end", () -> !only(true).status().startsWith("Up"));
    assertThat(only(true).status()).startsWith("Exited (137)");
  }

  @Test
  void oneThatIsToBeRemovedAtItsEndIsGone() throws Exception {
    RunRequest request = RunRequest.of("busybox", List.of("sh", "-c", "sleep 0.2"));
    run(
        new RunRequest(
            request.image(),
            request.command(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            true));
    Await.until("its removal", () -> client.containers(true).isEmpty());
  }

  @Test
  void whatTheDaemonRefusesIsToldInItsWords() {
    RunRequest request =
        new RunRequest(
            "busybox",
            List.of("true"),
            Optional.empty(),
            List.of(),
            Map.of(),
            Optional.of("nobody\u0000"),
            Optional.empty(),
            List.of("relative:also-relative"),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.of("no-such-network"),
            false);
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> client.create(request))
        .returns(Code.REFUSED, PouchException::code);
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> client.start("nobody"))
        .returns(Code.NOT_FOUND, PouchException::code)
        .withMessageContaining("No such container: nobody");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", ".", "..", "../images/json", "a/b", "a?force=1", "a b", "ä", "-a"})
  void whatCanBeNoNameReachesNoPath(String name) {
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> client.remove(name, true))
        .returns(Code.NOT_FOUND, PouchException::code)
        .withMessageContaining("no container is called");
  }

  @Test
  void aDaemonThatIsNotThereIsNamed() throws Exception {
    for (PouchHost host :
        List.of(new PouchHost.Unix(folder.resolve("nobody")), new PouchHost.Tcp("127.0.0.1", 1))) {
      try (PouchClient nobody = PouchClient.of(host)) {
        PouchException e = catchThrowableOfType(PouchException.class, nobody::version);
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageContaining(host.toString());
      }
    }
  }

  @Test
  void whatIsNoDaemonIsTold() throws Exception {
    com.sun.net.httpserver.HttpServer other =
        com.sun.net.httpserver.HttpServer.create(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] body = "<html>hello</html>".getBytes(StandardCharsets.UTF_8);
          int status = exchange.getRequestURI().getPath().endsWith("/version") ? 200 : 404;
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    try (PouchClient wrong =
        PouchClient.of(new PouchHost.Tcp("127.0.0.1", other.getAddress().getPort()))) {
      assertThatExceptionOfType(PouchException.class)
          .isThrownBy(wrong::version)
          .returns(Code.BROKEN, PouchException::code)
          .withMessageContaining("no JSON");
      assertThatExceptionOfType(PouchException.class)
          .isThrownBy(() -> wrong.containers(false))
          .withMessageContaining("answers 404");
    } finally {
      other.stop(0);
    }
  }
}
