package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The daemon by its API, with real processes as containers.
class PouchdTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;
  private Pouchd daemon;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "containers are made on Linux only");
    daemon = Pouchd.start(options());
  }

  private PouchOptions options() {
    return new PouchOptions(
        List.of(),
        List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
        folder.resolve("root"),
        Optional.of("process"),
        true,
        Optional.empty());
  }

  @AfterEach
  void end() throws Exception {
    for (JsonNode container : JSON.readTree(get("/containers/json?all=1").body())) {
      send("DELETE", "/containers/" + container.path("Id").asString() + "?force=1", "");
    }
    daemon.close();
    http.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + daemon.ports().getFirst() + "/v1.24" + path);
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(request(method, path, body), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
    return body.isEmpty()
        ? request.method(method, HttpRequest.BodyPublishers.noBody()).build()
        : request
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  private String create(String name, String script) throws IOException, InterruptedException {
    String body =
        JSON.writeValueAsString(Map.of("Image", "busybox", "Cmd", List.of("sh", "-c", script)));
    HttpResponse<String> created = send("POST", "/containers/create?name=" + name, body);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return JSON.readTree(created.body()).path("Id").asString();
  }

  private String run(String name, String script) throws IOException, InterruptedException {
    String id = create(name, script);
    assertThat(send("POST", "/containers/" + id + "/start", "").statusCode()).isEqualTo(204);
    return id;
  }

  private int waitFor(String id) throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/containers/" + id + "/wait", "").body())
        .path("StatusCode")
        .asInt();
  }

  private JsonNode inspect(String id) throws IOException, InterruptedException {
    return JSON.readTree(get("/containers/" + id + "/json").body());
  }

  private static String frame(int stream, String line) {
    return new String(new char[] {(char) stream, 0, 0, 0, 0, 0, 0, (char) line.length()}) + line;
  }

  @Test
  void aContainerRunsPrintsAndEndsWithItsExitCode() throws Exception {
    String id = run("seven", "echo out; echo err >&2; exit 7");
    assertThat(waitFor(id)).isEqualTo(7);
    JsonNode state = inspect("seven").path("State");
    assertThat(state.path("Status").asString()).isEqualTo("exited");
    assertThat(state.path("ExitCode").asInt()).isEqualTo(7);
    assertThat(get("/containers/seven/logs?stdout=1").body()).isEqualTo(frame(1, "out\n"));
    assertThat(get("/containers/seven/logs?stderr=1").body()).isEqualTo(frame(2, "err\n"));
    assertThat(send("DELETE", "/containers/seven", "").statusCode()).isEqualTo(204);
    assertThat(get("/containers/seven/json").statusCode()).isEqualTo(404);
  }

  @Test
  void itHasItsEnvironmentAndNothingOfTheDaemons() throws Exception {
    String body =
        "{\"Image\":\"busybox\",\"Env\":[\"A=b c\",\"X==\"],\"Cmd\":[\"env\"],\"WorkingDir\":\"/tmp\"}";
    String id =
        JSON.readTree(send("POST", "/containers/create", body).body()).path("Id").asString();
    send("POST", "/containers/" + id + "/start", "");
    waitFor(id);
    assertThat(get("/containers/" + id + "/logs?stdout=1").body())
        .contains("A=b c\n", "X==\n", "PATH=")
        .doesNotContain("JAVA", "HOME=");
  }

  @ParameterizedTest
  @CsvSource({
    "nope, 127, executable file not found in $PATH",
    "/nope, 127, no such file or directory",
    "/etc/passwd, 126, permission denied",
    "/etc, 126, permission denied"
  })
  void whatCannotBeStartedIsSaidInDockersWords(String command, int exitCode, String words)
      throws Exception {
    String body = JSON.writeValueAsString(Map.of("Image", "i", "Cmd", List.of(command)));
    String id =
        JSON.readTree(send("POST", "/containers/create", body).body()).path("Id").asString();
    HttpResponse<String> answer = send("POST", "/containers/" + id + "/start", "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(words);
    assertThat(inspect(id).path("State").path("ExitCode").asInt()).isEqualTo(exitCode);
    assertThat(inspect(id).path("State").path("Status").asString()).isEqualTo("created");
  }

  @Test
  void aPidThatIsAnothersNowGetsNoSignal() throws Exception {
    String id = run("victim", "while true; do sleep 1; done");
    daemon.close();
    Process stranger = new ProcessBuilder("sleep", "1000").start();
    try {
      Path stored = folder.resolve("root/containers/" + id + "/container.json");
      String text = Files.readString(stored);
      long pid = JSON.readTree(text).path("state").path("pid").asLong();
      Files.writeString(stored, text.replace("\"pid\":" + pid, "\"pid\":" + stranger.pid()));
      daemon = Pouchd.start(options());
      send("POST", "/containers/" + id + "/kill?signal=KILL", "");
      assertThat(stranger.isAlive()).isTrue();
      assertThat(inspect(id).path("State").path("Running").asBoolean()).isTrue();
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      assertThat(waitFor(id)).isEqualTo(137);
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void oneWhoseClientLeavesAtItsStartIsStartedOrIsNot() throws Exception {
    for (int i = 0; i < 10; i++) {
      String id = create("left-" + i, "while true; do sleep 1; done");
      try (Socket client =
          new Socket(InetAddress.ofLiteral("127.0.0.1"), daemon.ports().getFirst())) {
        client
            .getOutputStream()
            .write(
                ("POST /v1.24/containers/"
                        + id
                        + "/start HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        Thread.sleep(i);
      }
    }
    for (int i = 0; i < 10; i++) {
      String id = inspect("left-" + i).path("Id").asString();
      Path leader = folder.resolve("root/containers/" + id + "/leader");
      Await.until("either of both", () -> isRunning(id) == Files.exists(leader));
    }
  }

  private boolean isRunning(String id) throws IOException, InterruptedException {
    return inspect(id).path("State").path("Running").asBoolean();
  }

  @Test
  void oneWhoseParentAndProcessAreGoneHasEnded() throws Exception {
    String id = run("orphan", "while true; do sleep 1; done");
    ProcessHandle first =
        ProcessHandle.of(inspect(id).path("State").path("Pid").asLong()).orElseThrow();
    daemon.close();
    first.parent().orElseThrow().destroyForcibly();
    first.destroyForcibly();
    first.onExit().get(30, java.util.concurrent.TimeUnit.SECONDS);
    daemon = Pouchd.start(options());
    Await.until("its end", () -> !isRunning(id));
    JsonNode state = inspect(id).path("State");
    assertThat(state.path("ExitCode").asInt()).isEqualTo(255);
    assertThat(state.path("Error").asString()).contains("how it ended is not known");
  }

  @Test
  void oneThatIgnoresTheRequestToEndIsKilled() throws Exception {
    String id = run("deaf", "trap '' TERM; echo ready; while true; do sleep 1; done");
    awaitLog(id, "ready");
    assertThat(send("POST", "/containers/deaf/stop?t=1", "").statusCode()).isEqualTo(204);
    assertThat(inspect(id).path("State").path("ExitCode").asInt()).isEqualTo(137);
    assertThat(send("POST", "/containers/deaf/stop", "").statusCode()).isEqualTo(304);
    assertThat(send("POST", "/containers/deaf/kill", "").statusCode()).isEqualTo(409);
  }

  @Test
  void whatOpensItsOutputAnewLosesNothing() throws Exception {
    String id = run("reopening", "echo a; echo b > /dev/stdout; echo c >> /dev/stdout; echo d");
    waitFor(id);
    assertThat(get("/containers/" + id + "/logs?stdout=1").body())
        .isEqualTo(frame(1, "a\n") + frame(1, "b\n") + frame(1, "c\n") + frame(1, "d\n"));
  }

  @Test
  void whoHasLeftItsSessionDoesNotKeepItFromEnding() throws Exception {
    String id = run("leaving", "setsid sleep 20 & echo $!; exit 4");
    long began = System.nanoTime();
    assertThat(waitFor(id)).isEqualTo(4);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void nothingOfAContainerOutlivesItsFirstProcess() throws Exception {
    String id = run("parent", "sleep 1000 & echo $!; exit 3");
    assertThat(waitFor(id)).isEqualTo(3);
    String pid = get("/containers/parent/logs?stdout=1").body().substring(8).trim();
    Path stat = Path.of("/proc", pid, "stat");
    Await.until("the end of its other process", () -> !isAlive(stat));
  }

  /// Who has ended may be there until its parent asks.
  private static boolean isAlive(Path stat) throws IOException {
    try {
      return !Files.readString(stat).replaceFirst(".*\\) ", "").startsWith("Z");
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private void awaitLog(String id, String text) throws Exception {
    Await.until(
        "printed: " + text,
        () -> get("/containers/" + id + "/logs?stdout=1").body().contains(text));
  }

  @Test
  void whoFollowsSeesEachLineAndTheEnd() throws Exception {
    String id = run("counting", "for i in 1 2 3; do sleep 0.2; echo $i; done");
    assertThat(get("/containers/" + id + "/logs?stdout=1&follow=1").body())
        .isEqualTo(frame(1, "1\n") + frame(1, "2\n") + frame(1, "3\n"));
    assertThat(get("/containers/" + id + "/logs?stdout=1&tail=1").body())
        .isEqualTo(frame(1, "3\n"));
  }

  @Test
  void theHandlerOfOneWhoFollowsEndsWithItsClient() throws Exception {
    String id = run("silent", "while true; do sleep 1; done");
    InputStream following =
        http.send(
                request("GET", "/containers/" + id + "/logs?stdout=1&follow=1", ""),
                HttpResponse.BodyHandlers.ofInputStream())
            .body();
    awaitHandlers("LogRoutes.logsContainer", 1);
    following.close();
    awaitHandlers("LogRoutes.logsContainer", 0);
  }

  private void awaitHandlers(String function, int wanted) throws Exception {
    URI dump =
        URI.create(
            "http://127.0.0.1:" + daemon.ports().getFirst() + "/debug/pprof/goroutine?debug=2");
    Await.until(
        wanted + " handlers in " + function,
        () ->
            http.send(HttpRequest.newBuilder(dump).build(), HttpResponse.BodyHandlers.ofString())
                        .body()
                        .split(Pattern.quote(function + "("), -1)
                        .length
                    - 1
                == wanted);
  }

  @Test
  void aDaemonFindsItsContainersAgainAndWhatTheyDidMeanwhile() throws Exception {
    String ends = run("ends", "echo before; sleep 1; echo after; exit 7");
    String runs = run("runs", "while true; do sleep 1; done");
    awaitLog(ends, "before");
    daemon.close();
    Thread.sleep(1_500);
    daemon = Pouchd.start(options());
    assertThat(waitFor(ends)).isEqualTo(7);
    assertThat(get("/containers/ends/logs?stdout=1").body())
        .isEqualTo(frame(1, "before\n") + frame(1, "after\n"));
    assertThat(inspect(runs).path("State").path("Running").asBoolean()).isTrue();
    assertThat(send("POST", "/containers/runs/stop?t=0", "").statusCode()).isEqualTo(204);
  }

  @Test
  void aDataRootHasOneDaemon() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pouchd.start(options()))
        .withMessageContaining("another pouchd");
  }

  @Test
  void whatIsNoSocketIsNotTakenForOneThatIsLeft() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    PouchOptions options =
        new PouchOptions(
            List.of(pipe),
            List.of(),
            folder.resolve("other"),
            Optional.of("process"),
            true,
            Optional.empty());
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pouchd.start(options))
        .withMessageContaining("something else than a socket");
    assertThat(pipe).exists();
    assertThat(threads("pouch-ends")).as("of the daemon that runs").isEqualTo(1);
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  @Test
  void eventsTellWhatHappens() throws Exception {
    String since = Long.toString(System.currentTimeMillis() / 1_000);
    String id = run("told", "exit 5");
    waitFor(id);
    Thread.sleep(50);
    String until = "%.3f".formatted(System.currentTimeMillis() / 1_000.0);
    List<String> actions =
        get("/events?since=" + since + "&until=" + until)
            .body()
            .lines()
            .map(line -> JSON.readTree(line).path("Action").asString())
            .toList();
    assertThat(actions).containsExactly("create", "start", "die");
  }

  @Test
  void anEventStreamThatNobodyReadsHoldsUpNobody() throws Exception {
    String body =
        "{\"Image\":\"i\",\"Cmd\":[\"true\"],\"Labels\":{\"long\":\""
            + "x".repeat(1 << 19)
            + "\"}}";
    String id =
        JSON.readTree(send("POST", "/containers/create?name=n0", body).body())
            .path("Id")
            .asString();
    try (Socket deaf = new Socket(InetAddress.ofLiteral("127.0.0.1"), daemon.ports().getFirst())) {
      deaf.getOutputStream()
          .write(
              "GET /v1.24/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      awaitHandlers("SystemRoutes.events", 1);
      int renames = 64; // more than what connections hold
      for (int i = 1; i <= renames; i++) {
        String path = "/containers/" + id + "/rename?name=n" + i;
        assertThat(send("POST", path, "").statusCode()).isEqualTo(204);
      }
      awaitHandlers("SystemRoutes.write", 1);
    }
    awaitHandlers("SystemRoutes.events", 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"Image\":\"i\"} | No command specified",
        "400 | [1] | no JSON object",
        "400 | {\"Image\": | no JSON",
        "400 | {\"Image\":\"i\",\"Cmd\":[1]} | something else than strings",
        "501 | {\"Image\":\"i\",\"Cmd\":[\"a\"],\"HostConfig\":{\"Binds\":[\"/:/x\"]}} | bind mounts",
        "501 | {\"Image\":\"i\",\"Cmd\":[\"a\"],\"HostConfig\":{\"Memory\":6291456}} | a memory limit",
        "501 | {\"Image\":\"i\",\"Cmd\":[\"a\"],\"User\":\"nobody\"} | another user",
        "501 | {\"Image\":\"i\",\"Cmd\":[\"a\"],\"HostConfig\":{\"NetworkMode\":\"none\"}} | network none",
      })
  void whatCannotBeDoneIsRefusedByName(int status, String body, String words) throws Exception {
    HttpResponse<String> answer = send("POST", "/containers/create", body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("message").asString()).contains(words);
    assertThat(JSON.readTree(get("/containers/json?all=1").body())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | /containers/nosuch/kill?signal=NOSUCH | Invalid signal: NOSUCH",
        "400 | /containers/one/kill?signal=99 | Cannot kill container: one: The linux daemon does",
        "404 | /containers/nosuch/kill | Cannot kill container: nosuch: No such container: nosuch",
        "409 | /containers/one/kill | Cannot kill container: one: Container ",
        "400 | /containers/one/rename?name=one | Renaming a container with the same name",
        "400 | /containers/one/rename?name=a%2Fb | allocating new name: Invalid container name (/a/b)",
        "409 | /containers/one/rename?name=two | Error when allocating new name: Conflict. The ",
        "404 | /containers/nosuch/rename?name=two | No such container: nosuch",
      })
  void anErrorSaysWhatCouldNotBeDone(int status, String path, String words) throws Exception {
    create("one", "true");
    create("two", "true");
    HttpResponse<String> answer = send("POST", path, "");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).path("message").asString()).contains(words);
  }

  @Test
  void aListIsFilteredByExpressionsForNamesWithAndWithoutSlash() throws Exception {
    create("first", "true");
    create("first2", "true");
    for (String filter : List.of("^/first$", "^first$", "st$")) {
      String filters = URLEncoder.encode("{\"name\":[\"" + filter + "\"]}", StandardCharsets.UTF_8);
      JsonNode found = JSON.readTree(get("/containers/json?all=1&filters=" + filters).body());
      assertThat(found)
          .extracting(one -> one.path("Names").path(0).asString())
          .as(filter)
          .containsExactly("/first");
    }
  }

  @Test
  void whatDockerHasAndThisHasNotIsRefusedByName() throws Exception {
    String id = create("alone", "true");
    HttpResponse<String> pause = send("POST", "/containers/" + id + "/pause", "");
    assertThat(pause.statusCode()).isEqualTo(501);
    assertThat(pause.body()).contains("pouchd does not support docker pause");
    assertThat(get("/images/a/b:c/history").body()).contains("does not support docker history");
    assertThat(get("/volumes").statusCode()).isEqualTo(501);
  }

  @Test
  void namesAreUniqueAndFindContainers() throws Exception {
    String id = create("first", "true");
    HttpResponse<String> second =
        send("POST", "/containers/create?name=first", "{\"Image\":\"i\",\"Cmd\":[\"true\"]}");
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(send("POST", "/containers/first/rename?name=other", "").statusCode()).isEqualTo(204);
    assertThat(inspect("other").path("Id").asString()).isEqualTo(id);
    assertThat(inspect(id.substring(0, 12)).path("Name").asString()).isEqualTo("/other");
    assertThat(get("/containers/first/json").statusCode()).isEqualTo(404);
    assertThat(
            send("POST", "/containers/create?name=..", "{\"Image\":\"i\",\"Cmd\":[\"a\"]}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void versionsAreNegotiated() throws Exception {
    URI ping = URI.create("http://127.0.0.1:" + daemon.ports().getFirst() + "/_ping");
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(ping).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).isEqualTo("OK");
    assertThat(answer.headers().firstValue("Api-Version")).contains("1.24");
    URI tooNew = URI.create("http://127.0.0.1:" + daemon.ports().getFirst() + "/v1.99/info");
    assertThat(
            http.send(HttpRequest.newBuilder(tooNew).build(), HttpResponse.BodyHandlers.ofString())
                .body())
        .contains("too new");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void aPageOfABrowserIsRefused() throws Exception {
    HttpRequest foreign =
        HttpRequest.newBuilder(uri("/containers/json"))
            .header("Origin", "http://evil.example")
            .build();
    HttpResponse<byte[]> answer = http.send(foreign, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("message");
  }
}
