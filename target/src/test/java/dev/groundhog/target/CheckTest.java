package dev.groundhog.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.leak.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The check of an integration test, against a real server in another process whose handlers wait
/// until they are told to end.
class CheckTest {
  private static final String SERVER =
      """
      import com.sun.net.httpserver.*;
      import java.net.*;
      import java.util.concurrent.*;

      public class Server {
        static final BlockingQueue<String> ENDS = new LinkedBlockingQueue<>();
        static final Semaphore STARTED = new Semaphore(0);

        static void logsContainer(HttpExchange exchange) {
          STARTED.release();
          answer(exchange, take());
        }

        static String take() {
          try {
            return ENDS.take();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }

        static void answer(HttpExchange exchange, String text) {
          try (exchange) {
            exchange.sendResponseHeaders(200, text.length());
            exchange.getResponseBody().write(text.getBytes());
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }

        public static void main(String[] args) throws Exception {
          HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
          server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
          server.createContext("/logs", Server::logsContainer);
          server.createContext("/started", exchange -> {
            STARTED.acquireUninterruptibly();
            answer(exchange, "started");
          });
          server.createContext("/end", exchange -> {
            ENDS.add("end");
            answer(exchange, "ended");
          });
          server.start();
          System.out.println(server.getAddress().getPort());
          System.in.read();
          System.exit(0);
        }
      }
      """;

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;
  private String url;
  private Check check;

  @BeforeEach
  void start() throws IOException {
    Path source = Files.writeString(folder.resolve("Server.java"), SERVER);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertThat(javac.run(System.out, System.err, source.toString())).isZero();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    process =
        new ProcessBuilder(java.toString(), "-XX:+UseSerialGC", "-cp", folder.toString(), "Server")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    url = "http://127.0.0.1:" + process.inputReader().readLine();
    check = Target.of(Long.toString(process.pid())).check();
  }

  @AfterEach
  void end() {
    client.shutdownNow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void failsWithTheStacksWhileAHandlerIsThereAndPassesWhenItHasEnded() throws Exception {
    CompletableFuture<String> handled = leaveAHandler();
    assertThatThrownBy(() -> check.absent("Server.logsContainer").within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 thread still has [Server.logsContainer] on the stack")
        .hasMessageContaining("PID " + process.pid())
        .hasMessageContaining("\tat Server.take (Server.java:")
        .hasMessageContaining("\tat Server.logsContainer (Server.java:");
    get("/end");
    assertThat(handled.join()).isEqualTo("end");
    check.absent("Server.logsContainer").within(Duration.ofMinutes(1));
  }

  @Test
  void looksAgainUntilTheHandlerEnds() throws Exception {
    leaveAHandler();
    Thread ending =
        Thread.ofPlatform()
            .name("ending")
            .start(() -> {
              try {
                Thread.sleep(Duration.ofMillis(900));
                get("/end");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    CheckResult result = check.absent("Server.logsContainer").run(Duration.ofMinutes(1));
    ending.join();
    assertThat(result.passed()).isTrue();
    assertThat(result.looks()).isGreaterThan(1);
  }

  @Test
  void looksOnceMoreWhenTheTimeIsOver() throws Exception {
    leaveAHandler();
    CheckResult result = check.absent("Server.logsContainer").run(Duration.ofMillis(500));
    assertThat(result.passed()).isFalse();
    assertThat(result.threads()).isEqualTo(1);
    assertThat(result.looks()).isGreaterThan(1);
  }

  @Test
  void aNameThatTheServerDoesNotHaveIsStale() throws Exception {
    leaveAHandler();
    Check misspelt = check.absent("Server.logsContianer");
    assertThat(misspelt.run(Duration.ZERO).stale())
        .singleElement()
        .satisfies(name -> assertThat(name.nearest()).contains("Server.logsContainer"));
    misspelt.within(Duration.ZERO);
    assertThatThrownBy(() -> misspelt.failingOnStale().within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stale name")
        .hasMessageContaining("did you mean Server.logsContainer?");
    get("/end");
    check.failingOnStale().absent("Server.logsContainer").within(Duration.ofMinutes(1));
  }

  @Test
  void aServerThatIsGoneIsNoPass() {
    process.destroyForcibly();
    process.onExit().join();
    assertThatThrownBy(() -> check.absent("Server.logsContainer").within(Duration.ofSeconds(1)))
        .isInstanceOf(TargetException.class);
  }

  @Test
  void aDumpThatLostThreadsIsNoPass() throws Exception {
    Path cut =
        Files.writeString(
            folder.resolve("cut.txt"),
            "goroutine 7 [select]:\nmain.run(...)\n\t/src/a.go:1\n\ngoroutine 9 [chan rec");
    assertThatThrownBy(
            () -> Target.of(cut.toString()).check().absent("main.logs").within(Duration.ZERO))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("the dump is incomplete");
    assertThatThrownBy(
            () -> Target.of(cut.toString()).check().absent("main.run").within(Duration.ZERO))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aMessageShowsTwentyStacksAndNoControlCharacter() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 23; i++) {
      text.append(
          "goroutine %d [select]:\nmain.r\u001b%d(...)\n\t/src/a.go:%d\n\n".formatted(i, i, i));
    }
    Path file = Files.writeString(folder.resolve("many.txt"), text);
    assertThatThrownBy(
            () -> Target.of(file.toString()).check().absent("main.*").within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 × select\n\tat main.r\uFFFD")
        .hasMessageNotContaining("\u001b")
        .hasMessageEndingWith("\nand 3 more stacks\n");
  }

  @Test
  void aCheckOfNothingIsRefused() {
    assertThatThrownBy(() -> check.within(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void failsWithLabelsAndTimesWhileAThreadIsAbandonedAndPassesBeforeTheGraceTime()
      throws Exception {
    Check file = gone(12.5, 3).check();
    assertThatThrownBy(() -> file.noneAbandoned().within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("1 thread is abandoned after 0.0 s in ")
        .hasMessageContaining("1 × WAITING, {method=GET, route=/logs/{id}}\n")
        .hasMessageContaining(
            "\tbecause its client has been gone for 12 s, the grace time is 10 s\n")
        .hasMessageEndingWith("\tat acme.Logs.handle (Logs.java:19)\n");
    assertThatThrownBy(() -> file.noneAbandoned(Duration.ofSeconds(1)).within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("2 threads are abandoned after");
    file.noneAbandoned(Duration.ofMinutes(10)).within(Duration.ZERO);
  }

  @Test
  void whoIsAbandonedInAFunctionThatMustBeAbsentIsToldOfBoth() throws Exception {
    CheckResult result =
        gone(12.5, 3)
            .check()
            .absent("Logs.handle")
            .noneAbandoned()
            .absent("Logs.never")
            .run(Duration.ZERO);
    assertThat(result.failed()).isTrue();
    assertThat(result.threads()).isEqualTo(2);
    assertThat(result.abandoned())
        .singleElement()
        .satisfies(finding -> assertThat(finding.group().count()).isEqualTo(1));
    assertThatThrownBy(
            () -> gone(12.5, 3).check().absent("Logs.handle").noneAbandoned().within(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "2 threads still have [Logs.handle] on the stack, 1 thread is abandoned after");
  }

  @Test
  void aReportHasWhoIsAbandoned() throws Exception {
    Check both = gone(12.5, 3).check().absent("Logs.handle").noneAbandoned();
    assertThat(both.report(both.run(Duration.ZERO)).findings())
        .extracting(finding -> finding.verdict().orElseThrow())
        .containsExactly(Verdict.ABANDONED, Verdict.SUSPECTED);
  }

  @Test
  void aTargetThatDoesNotTellWhoseClientsHaveGoneIsNoPass() throws Exception {
    assertThatThrownBy(() -> check.noneAbandoned().within(Duration.ZERO))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("does not tell whose clients have gone")
        .hasMessageContaining("groundhog agent PID");
    CompletableFuture<String> handled = leaveAHandler();
    assertThatThrownBy(
            () -> check.noneAbandoned().absent("Server.logsContainer").within(Duration.ZERO))
        .isInstanceOf(AssertionError.class);
    get("/end");
    handled.join();
  }

  @Test
  void aGraceTimeIsNotNegative() {
    assertThatThrownBy(() -> check.noneAbandoned(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// Asks for what never ends, and returns when the handler has begun.
  private CompletableFuture<String> leaveAHandler() throws IOException, InterruptedException {
    CompletableFuture<String> handled =
        client
            .sendAsync(request("/logs"), BodyHandlers.ofString())
            .thenApply(response -> response.body());
    assertThat(get("/started")).isEqualTo("started");
    return handled;
  }

  private String get(String path) throws IOException, InterruptedException {
    return client.send(request(path), BodyHandlers.ofString()).body();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).build();
  }

  /// A dump of two handlers whose clients have been gone for these times.
  private Target gone(double firstSeconds, double secondSeconds) throws IOException {
    return Target.of(
        Files.writeString(
                folder.resolve("gone.json"),
                """
                {"schema":"groundhog.dump/1","process":{"format":"live"},"stacks":[{"index":0,
                "frames":[{"function":"acme.Logs.handle","file":"Logs.java","line":19}]}],"threads":[
                {"kind":"VIRTUAL","id":1,"state":"WAITING","clientGoneSeconds":%s,
                "labels":{"route":"/logs/{id}","method":"GET"},"stack":0},
                {"kind":"VIRTUAL","id":2,"state":"WAITING","clientGoneSeconds":%s,
                "labels":{"route":"/logs/{id}","method":"GET"},"stack":0}],"warnings":[]}
                """
                    .formatted(firstSeconds, secondSeconds))
            .toString());
  }
}
