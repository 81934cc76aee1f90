package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.run.RealRunc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Containers by the real runc, as root, through the API.
class RuncTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LAYERS = 127;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;
  private BusyboxImage image;
  private Pouchd daemon;

  @BeforeEach
  void start() throws Exception {
    RealRunc.assumeIsHere();
    image = BusyboxImage.of(LAYERS);
    daemon = Pouchd.start(options());
    HttpResponse<String> loaded =
        http.send(
            HttpRequest.newBuilder(uri("/images/load"))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofByteArray(image.archive()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
  }

  private PouchOptions options() {
    return new PouchOptions(
        List.of(),
        List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
        folder.resolve("root, with: odd \\ name"),
        Optional.of(RealRunc.RUNC.toString()),
        true,
        Optional.empty());
  }

  @AfterEach
  void end() throws Exception {
    if (daemon == null) {
      return;
    }
    for (JsonNode container : JSON.readTree(get("/containers/json?all=1"))) {
      send("DELETE", "/containers/" + container.path("Id").asString() + "?force=1", "");
    }
    // Nothing holds it any more.
    assertThat(send("DELETE", "/images/busybox", "").statusCode()).isEqualTo(200);
    daemon.close();
    http.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + daemon.ports().getFirst() + "/v1.24" + path);
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    return http.send(
        body.isEmpty()
            ? request.method(method, HttpRequest.BodyPublishers.noBody()).build()
            : request
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String get(String path) throws IOException, InterruptedException {
    return send("GET", path, "").body();
  }

  private String create(Map<String, Object> config) throws IOException, InterruptedException {
    Map<String, Object> body = new HashMap<>(Map.of("Image", "busybox"));
    body.putAll(config);
    HttpResponse<String> created =
        send("POST", "/containers/create", JSON.writeValueAsString(body));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return JSON.readTree(created.body()).path("Id").asString();
  }

  private String start(Map<String, Object> config) throws IOException, InterruptedException {
    String id = create(config);
    HttpResponse<String> started = send("POST", "/containers/" + id + "/start", "");
    assertThat(started.statusCode()).as(started.body()).isEqualTo(204);
    return id;
  }

  private int waitFor(String id) throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/containers/" + id + "/wait", "").body())
        .path("StatusCode")
        .asInt();
  }

  private static Map<String, Object> script(String script) {
    return Map.of("Cmd", List.of("sh", "-c", script));
  }

  private static Map<String, Object> script(String script, Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(script(script));
    all.putAll(more);
    return all;
  }

  /// What it printed to its standard output, when it is over.
  private String output(Map<String, Object> config) throws IOException, InterruptedException {
    String id = start(config);
    int code = waitFor(id);
    assertThat(code).as(printed(id, "stderr")).isZero();
    return printed(id, "stdout");
  }

  private String printed(String id, String stream) throws IOException, InterruptedException {
    return get("/containers/" + id + "/logs?" + stream + "=1")
        .replaceAll("(?s)[\0-\2]\0{3}.{4}", "");
  }

  private JsonNode inspect(String id) throws IOException, InterruptedException {
    return JSON.readTree(get("/containers/" + id + "/json"));
  }

  private void awaitPrinted(String id, String text) throws Exception {
    Await.until("printed: " + text, () -> printed(id, "stdout").contains(text));
  }

  private JsonNode awaitEnd(String id) throws Exception {
    return Await.first(
        "the end of " + id,
        () ->
            Optional.of(inspect(id).path("State"))
                .filter(state -> !state.path("Running").asBoolean()));
  }

  @Test
  void aContainerHasItsOwnFilesProcessesAndName() throws Exception {
    String id =
        create(
            script("hostname; echo $$; cat /data/top; ls /data | wc -l; mount | head -1; exit 7"));
    assertThat(send("POST", "/containers/" + id + "/start", "").statusCode()).isEqualTo(204);
    assertThat(waitFor(id)).isEqualTo(7);
    assertThat(printed(id, "stdout"))
        .startsWith(
            id.substring(0, 12) + "\n1\nlayer " + LAYERS + "\n" + (LAYERS + 1) + "\noverlay on / ");
    assertThat(inspect(id).path("State").path("ExitCode").asInt()).isEqualTo(7);
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(id);
  }

  @Test
  void whatItWritesStaysOverAStopAndIsOfItAlone() throws Exception {
    Map<String, Object> config = script("echo x >> /data/mine; cat /data/mine | wc -l");
    String id = start(config);
    waitFor(id);
    send("POST", "/containers/" + id + "/start", "");
    waitFor(id);
    assertThat(printed(id, "stdout")).isEqualTo("1\n2\n");
    assertThat(output(config)).isEqualTo("1\n");
  }

  @Test
  void anImageSaysWhatTheClientDoesNot() throws Exception {
    assertThat(output(Map.of())).isEqualTo("of the image\n");
    String id =
        create(
            Map.of(
                "Entrypoint",
                List.of("env"),
                "Env",
                List.of("A=b", "OF=me"),
                "Labels",
                Map.of("mine", "me")));
    send("POST", "/containers/" + id + "/start", "");
    waitFor(id);
    assertThat(printed(id, "stdout").lines())
        .contains("A=b", "OF=me", "PATH=/bin", "HOSTNAME=" + id.substring(0, 12), "HOME=/root")
        .doesNotContain("OF=image");
    JsonNode config = inspect(id).path("Config");
    assertThat(config.path("Cmd").isNull()).isTrue();
    assertThat(config.path("Labels").toString()).contains("\"mine\":\"me\"", "\"from\":\"image\"");
    assertThat(inspect(id).path("Image").asString()).isEqualTo(image.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "          | uid=0(root) gid=0(root) groups=0(root)",
        "adam      | uid=1001(adam) gid=1002(adams) groups=1002(adams),1003(sailors)",
        "1001      | uid=1001(adam) gid=1002(adams) groups=1002(adams),1003(sailors)",
        "adam:root | uid=1001(adam) gid=0(root) groups=0(root)",
        "77:78     | uid=77 gid=78 groups=78",
      })
  void usersAreThoseOfTheImage(String user, String shown) throws Exception {
    assertThat(output(script("id", Map.of("User", user == null ? "" : user))))
        .isEqualTo(shown + "\n");
  }

  @Test
  void aUserThatTheImageHasNotIsNamed() throws Exception {
    HttpResponse<String> answer =
        send("POST", "/containers/" + create(script("id", Map.of("User", "eve"))) + "/start", "");
    assertThat(answer.body())
        .contains("unable to find user eve: no matching entries in passwd file");
  }

  @Test
  void rootHasNoMoreThanDockerGivesIt() throws Exception {
    assertThat(output(script("grep -h -e CapEff -e NoNewPrivs /proc/self/status | cut -f 2")))
        .isEqualTo("00000000a80425fb\n0\n");
    assertThat(
            output(
                script(
                    "grep CapEff /proc/self/status | cut -f 2; echo x > /proc/sys/kernel/domainname"
                        + " || echo refused; ls /proc/acpi | wc -l",
                    Map.of("User", "77"))))
        .isEqualTo("0000000000000000\nrefused\n0\n");
  }

  @Test
  void foldersOfThisMachineAreMountedIntoIt() throws Exception {
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.writeString(source.resolve("file"), "of the host\n");
    Path missing = folder.resolve("missing/deeper");
    Map<String, Object> host =
        Map.of(
            "Binds",
            List.of(source + ":/in:ro", missing + ":/in/made", source + ":/other"),
            "Mounts",
            List.of(Map.of("Type", "bind", "Source", source.toString(), "Target", "/mounted")));
    Files.createDirectory(source.resolve("made"));
    assertThat(
            output(
                script(
                    "cat /in/file; touch /in/x 2> /dev/null || echo read-only; touch /in/made/y;"
                        + " touch /other/z; cat /mounted/file",
                    Map.of("HostConfig", host))))
        .isEqualTo("of the host\nread-only\nof the host\n");
    assertThat(source.resolve("x")).doesNotExist();
    assertThat(source.resolve("z")).exists();
    assertThat(missing.resolve("y")).exists();
  }

  @Test
  void itHasAWorkingDirectoryAlsoWhereTheImageHasNone() throws Exception {
    assertThat(output(script("pwd", Map.of("WorkingDir", "/made/for/it"))))
        .isEqualTo("/made/for/it\n");
  }

  @Test
  void withoutANetworkItHasALoopbackDeviceOnly() throws Exception {
    assertThat(
            output(
                script(
                    "ls /sys/class/net; cat /proc/net/dev | wc -l; ifconfig lo | grep -c UP",
                    Map.of("HostConfig", Map.of("NetworkMode", "none")))))
        .isEqualTo("lo\n3\n1\n");
    String ofHost =
        output(
            script(
                "hostname; cat /etc/hosts", Map.of("HostConfig", Map.of("NetworkMode", "host"))));
    assertThat(ofHost)
        .isEqualTo(
            InetAddress.getLocalHost().getHostName()
                + "\n"
                + Files.readString(Path.of("/etc/hosts")));
  }

  @Test
  void whoTakesTooMuchMemoryIsKilledAndThatIsTold() throws Exception {
    String id =
        start(
            script(
                "x=a; while true; do x=$x$x; done",
                Map.of("HostConfig", Map.of("Memory", 16 << 20))));
    assertThat(waitFor(id)).isEqualTo(137);
    assertThat(inspect(id).path("State").path("OOMKilled").asBoolean()).isTrue();
    assertThat(send("POST", "/containers/" + id + "/start", "").statusCode()).isEqualTo(204);
    waitFor(id);
  }

  @Test
  void itHasNoMoreProcessesThanItMay() throws Exception {
    String id =
        start(
            script(
                "for i in 1 2 3 4 5 6 7 8 9; do sleep 100 & done; echo never",
                Map.of("HostConfig", Map.of("PidsLimit", 5))));
    assertThat(waitFor(id)).isNotZero();
    assertThat(printed(id, "stdout")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nope        | 127 | exec: \"nope\": executable file not found in $PATH",
        "/nope       | 127 | exec: \"/nope\": stat /nope: no such file or directory",
        "/etc/plain  | 126 | exec: \"/etc/plain\": permission denied",
        "/etc        | 126 | permission denied",
      })
  void whatCannotBeStartedIsSaidInDockersWords(String command, int exitCode, String words)
      throws Exception {
    String id = create(Map.of("Cmd", List.of(command)));
    HttpResponse<String> answer = send("POST", "/containers/" + id + "/start", "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("message").asString()).contains(words);
    JsonNode state = inspect(id).path("State");
    assertThat(state.path("Status").asString()).isEqualTo("created");
    assertThat(state.path("ExitCode").asInt()).isEqualTo(exitCode);
    assertThat(state.path("Error").asString()).contains(words);
    assertThat(printed(id, "stderr")).isEmpty();
  }

  @Test
  void anImageThatIsNotThereIsNotFound() throws Exception {
    HttpResponse<String> answer =
        send("POST", "/containers/create", "{\"Image\":\"other\",\"Cmd\":[\"a\"]}");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("No such image: other:latest");
  }

  @Test
  void signalsReachTheFirstProcess() throws Exception {
    String id =
        start(script("trap 'echo told; exit 3' USR1; echo ready; while true; do sleep 0.1; done"));
    awaitPrinted(id, "ready");
    assertThat(send("POST", "/containers/" + id + "/kill?signal=FOO", "").body())
        .contains("Invalid signal: FOO");
    assertThat(send("POST", "/containers/" + id + "/kill?signal=SIGUSR1", "").statusCode())
        .isEqualTo(204);
    assertThat(waitFor(id)).isEqualTo(3);
    assertThat(printed(id, "stdout")).isEqualTo("ready\ntold\n");
  }

  @Test
  void nothingRunsOnWhenRuncIsKilled() throws Exception {
    String id = start(script("echo ready; while true; do sleep 1; done"));
    awaitPrinted(id, "ready");
    long first = inspect(id).path("State").path("Pid").asLong();
    ProcessHandle.of(first).flatMap(ProcessHandle::parent).orElseThrow().destroyForcibly();
    assertThat(awaitEnd(id).path("ExitCode").asInt()).isEqualTo(137);
    assertThat(ProcessHandle.of(first).filter(RuncTest::isRunning)).isEmpty();
    assertThat(send("POST", "/containers/" + id + "/start", "").statusCode()).isEqualTo(204);
  }

  private static boolean isRunning(ProcessHandle process) {
    try {
      return !Files.readString(Path.of("/proc/" + process.pid() + "/stat"))
          .replaceFirst("(?s).*\\) ", "")
          .startsWith("Z");
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void whoseParentIsKilledGoesOnAndItsEndIsNoSecret() throws Exception {
    String id = start(script("trap 'exit 4' TERM; echo ready; while true; do sleep 0.1; done"));
    awaitPrinted(id, "ready");
    long first = inspect(id).path("State").path("Pid").asLong();
    ProcessHandle runc = ProcessHandle.of(first).flatMap(ProcessHandle::parent).orElseThrow();
    runc.parent().orElseThrow().destroyForcibly();
    assertThat(inspect(id).path("State").path("Running").asBoolean()).isTrue();
    send("POST", "/containers/" + id + "/kill?signal=TERM", "");
    JsonNode state = awaitEnd(id);
    assertThat(state.path("ExitCode").asInt()).isEqualTo(255);
    assertThat(state.path("Error").asString()).contains("its parent process was killed");
  }

  @Test
  void aDaemonFindsItsContainersAgain() throws Exception {
    String runs = start(script("echo ready; while true; do sleep 1; done"));
    String ends = start(script("sleep 0.5; exit 9"));
    awaitPrinted(runs, "ready");
    daemon.close();
    daemon = Pouchd.start(options());
    assertThat(waitFor(ends)).isEqualTo(9);
    assertThat(inspect(runs).path("State").path("Running").asBoolean()).isTrue();
    assertThat(send("POST", "/containers/" + runs + "/stop?t=0", "").statusCode()).isEqualTo(204);
    assertThat(inspect(runs).path("State").path("ExitCode").asInt()).isEqualTo(137);
  }

  @Test
  void aTreeDeeperThanAPathIsLongIsRemoved() throws Exception {
    String name = "n".repeat(200);
    String id =
        start(
            script(
                "for tree in a b; do busybox mkdir /data/$tree; cd /data/$tree;"
                    + " for i in 1 2 3 4 5 6 7 8 9 10 11 12; do busybox mkdir "
                    + name
                    + " && cd "
                    + name
                    + " || exit 1; done; done; busybox mv /data/a ."));
    assertThat(waitFor(id)).as(printed(id, "stderr")).isZero();
    assertThat(send("DELETE", "/containers/" + id, "").statusCode()).isEqualTo(204);
  }
}
