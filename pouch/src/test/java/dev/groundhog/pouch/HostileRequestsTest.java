package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What is no good request is refused in words and at once, and never the daemon's fault.
@Timeout(60)
class HostileRequestsTest {
  private static final int MOST_STRING = (128 << 10) - 1;

  @TempDir static Path folder;
  private static TestDaemon daemon;
  private static String running;

  @BeforeAll
  static void start() throws Exception {
    daemon = new TestDaemon(folder.resolve("root"), true);
    running = daemon.run("exec sleep 1000", Map.of());
  }

  @AfterAll
  static void end() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  /// @param settings beside the image and a command, which they may replace
  private static HttpResponse<String> create(String settings) throws Exception {
    String command = settings.contains("\"Cmd\"") ? "" : "\"Cmd\":[\"true\"],";
    String image = settings.contains("\"Image\"") ? "" : "\"Image\":\"busybox\",";
    return daemon.sendText("POST", "/containers/create", "{" + image + command + settings + "}");
  }

  private static HttpResponse<String> exec(String settings) throws Exception {
    String command = settings.contains("\"Cmd\"") ? "" : "\"Cmd\":[\"true\"],";
    return daemon.sendText(
        "POST", "/containers/" + running + "/exec", "{" + command + settings + "}");
  }

  private static void isRefused(HttpResponse<String> answer, String words) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    JsonNode json = TestDaemon.JSON.readTree(answer.body());
    assertThat(json.path("message").asString("")).contains(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'Image':7 | Image is no string",
        "'Hostname':['a'] | Hostname is no string",
        "'User':{'a':1} | User is no string",
        "'Tty':'yes' | Tty is neither true nor false",
        "'OpenStdin':1 | OpenStdin is neither true nor false",
        "'StopTimeout':'soon' | StopTimeout is no whole number",
        "'StopTimeout':1e999999999 | StopTimeout is no whole number",
        "'StopTimeout':99999999999 | StopTimeout is too large",
        "'Labels':{'a':{}} | a value of Labels is no string",
        "'Labels':{'a':'\\ud800'} | Labels holds half a character",
        "'Labels':{'a\\u0000':'b'} | Labels holds a NUL",
        "'Cmd':['a\\ud800'] | Cmd holds half a character",
        "'Env':['A=\\udc00'] | Env holds half a character",
        "'HostConfig':7 | HostConfig is no object",
        "'HostConfig':{'Memory':'512m'} | Memory is no whole number",
        "'HostConfig':{'Memory':1e30} | Memory is no whole number",
        "'HostConfig':{'Memory':9223372036854775808} | Memory is too large",
        "'HostConfig':{'Memory':9223372036854775807} | Memory is too large",
        "'HostConfig':{'PidsLimit':1.5} | PidsLimit is no whole number",
        "'HostConfig':{'ReadonlyRootfs':'yes'} | ReadonlyRootfs is neither true nor false",
        "'HostConfig':{'AutoRemove':[]} | AutoRemove is neither true nor false",
        "'HostConfig':{'NetworkMode':['none']} | NetworkMode is no string",
        "'HostConfig':{'LogConfig':'json-file'} | LogConfig is no object",
        "'HostConfig':{'LogConfig':{'Config':{'max-file':3}}} | a value of Config is no string",
        "'HostConfig':{'RestartPolicy':'always'} | RestartPolicy is no object",
        "'HostConfig':{'Binds':['/a\\u0000:/b']} | Binds holds a NUL",
        "'HostConfig':{'Mounts':[{'Type':'bind','Source':'/','Target':'/\\u0000'}]} | Target holds a NUL",
      })
  void aSettingOfAnotherTypeIsNotIgnored(String settings, String words) throws Exception {
    isRefused(create(settings.replace('\'', '"')), words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'Tty':1 | Tty is neither true nor false",
        "'AttachStdin':'true' | AttachStdin is neither true nor false",
        "'User':0 | User is no string",
        "'WorkingDir':['/'] | WorkingDir is no string",
        "'DetachKeys':{} | DetachKeys is no string",
        "'Cmd':['\\ud800'] | Cmd holds half a character",
      })
  void noneOfAnExecEither(String settings, String words) throws Exception {
    isRefused(exec(settings.replace('\'', '"')), words);
  }

  @Test
  void whatIsNotThereMayBeNull() throws Exception {
    assertThat(
            create(
                    "\"User\":null,\"Tty\":null,\"Labels\":null,\"StopTimeout\":null,\"Env\":null,"
                        + "\"HostConfig\":{\"Memory\":null,\"Binds\":null,\"LogConfig\":null}")
                .statusCode())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e30", "1e999999999", "9223372036854775808", "1.5", "\"x\"", "[0]"})
  void anUnknownSettingOfAnyValueIsRefusedByName(String value) throws Exception {
    HttpResponse<String> answer = create("\"Sponge\":" + value);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(501);
    assertThat(answer.body()).contains("not supported: the setting Config.Sponge");
  }

  @Test
  void whatNoKernelTakesAsACommandIsRefusedWhenItIsMade() throws Exception {
    String most = "x".repeat(MOST_STRING);
    isRefused(create("\"Cmd\":[\"true\",\"x" + most + "\"]"), "of more than 131071 bytes");
    isRefused(create("\"Env\":[\"A=" + most + "\"]"), "of more than 131071 bytes");
    isRefused(exec("\"Env\":[\"A=" + most + "\"]"), "of more than 131071 bytes");
    isRefused(create("\"Cmd\":[\"true\"" + ",\"x\"".repeat(900_000) + "]"), "more than 1048576");
    isRefused(create("\"Env\":[\"A\"" + ",\"A\"".repeat(900_000) + "]"), "more than 1048576");
  }

  @Test
  void andWhatIsAllowedStarts() throws Exception {
    String most = "x".repeat(MOST_STRING);
    String settings = "\"Cmd\":[\"true\"" + (",\"" + most + "\"").repeat(7) + "],\"Env\":[\"A\"";
    String id = id(create(settings + ",\"A\"".repeat(12_000) + "]"));
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isZero();
  }

  private static String id(HttpResponse<String> created) {
    return TestDaemon.JSON.readTree(created.body()).path("Id").asString();
  }

  @Test
  void aHundredThousandLabelsAreKeptAndHoldUpNobody() throws Exception {
    String labels =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"label" + i + "\":\"v\"")
            .collect(Collectors.joining(","));
    String id = id(create("\"Labels\":{" + labels + "}"));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    AtomicBoolean isOver = new AtomicBoolean();
    Future<Duration> slowestPing;
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
        Stream<String> events = daemon.events("rename");
        Closeable _ = () -> isOver.set(true)) {
      Future<?> _ = others.submit(() -> events.forEach(told::add));
      slowestPing = others.submit(() -> slowestPing(isOver));
      for (int i = 0; i < 20; i++) { // each event has them all
        String name = "labelled" + i;
        assertThat(daemon.post("/containers/" + id + "/rename?name=" + name)).isEqualTo(204);
        String event =
            Objects.requireNonNull(told.poll(20, TimeUnit.SECONDS), "no event of " + name);
        JsonNode attributes = TestDaemon.JSON.readTree(event).path("Actor").path("Attributes");
        assertThat(attributes.path("name").asString()).isEqualTo(name);
        assertThat(attributes).hasSizeGreaterThan(100_000);
      }
    }
    assertThat(slowestPing.get()).isLessThan(Duration.ofSeconds(5));
    assertThat(daemon.get("/containers/" + id + "/json").path("Config").path("Labels"))
        .hasSize(100_000);
    assertThat(daemon.send("DELETE", "/containers/" + id, "").statusCode()).isEqualTo(204);
  }

  private static Duration slowestPing(AtomicBoolean isOver) throws Exception {
    Duration slowest = Duration.ZERO;
    do {
      Instant began = Instant.now();
      assertThat(daemon.send("GET", "/_ping", "").body()).isEqualTo("OK");
      Duration taken = Duration.between(began, Instant.now());
      slowest = taken.compareTo(slowest) > 0 ? taken : slowest;
    } while (!isOver.get());
    return slowest;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'label':'x'}",
        "{'label':7}",
        "{'label':[1]}",
        "{'label':[null]}",
        "{'label':[['a']]}",
        "{'label':{'a':1}}",
        "{'label':['\\ud800']}",
        "{'exited':['soon']}",
        "{'exited':['99999999999999999999']}",
        "{'status':['asleep']}",
        "['label']",
        "7",
        "{'label':[",
      })
  void filtersOfAnotherFormAreNotIgnored(String filters) throws Exception {
    isRefused(list(filters.replace('\'', '"')), "ilter");
  }

  private static HttpResponse<String> list(String filters) throws Exception {
    return daemon.send(
        "GET",
        "/containers/json?filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8),
        "");
  }

  @Test
  void filtersOfAMegabyteAreRefusedInWords() throws Exception {
    HttpResponse<String> answer = list("{\"label\":[\"" + "x".repeat(1_000_000) + "\"]}");
    assertThat(answer.statusCode()).isEqualTo(414);
    assertThat(answer.body()).startsWith("{\"message\":\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /containers/ID/stop?t=N",
        "POST /containers/ID/restart?t=N",
        "POST /containers/ID/kill?signal=N",
        "POST /containers/ID/resize?h=N&w=1",
        "POST /containers/ID/resize?h=1&w=N",
        "GET /containers/ID/logs?stdout=1&since=N",
        "GET /containers/ID/logs?stdout=1&follow=1&until=N",
        "GET /events?since=N&until=1",
        "GET /events?until=N",
        "GET /containers/json?limit=N",
        "GET /containers/ID/top?ps_args=-o+N",
      })
  void aNumberThatIsTooLargeIsRefused(String request) throws Exception {
    for (String number :
        new String[] {"9999999999999999999", "9".repeat(40), "9".repeat(4_000), "1e9", "NaN"}) {
      String[] words = request.replace("ID", running).replace("N", number).split(" ", 2);
      HttpResponse<String> answer = daemon.send(words[0], words[1], "");
      assertThat(answer.statusCode()).as(request + " " + answer.body()).isEqualTo(400);
    }
  }

  /// As Docker has it: what is no number stands for all.
  @Test
  void moreOfATailThanAnybodyHasIsAllThereIs() throws Exception {
    String id = daemon.run("echo a", Map.of());
    assertThat(daemon.exitCode(id)).isZero();
    for (String tail : new String[] {"9223372036854775807", "9".repeat(4_000), "many", "-1"}) {
      HttpResponse<String> log =
          daemon.send("GET", "/containers/" + id + "/logs?stdout=1&tail=" + tail, "");
      assertThat(log.body()).as(tail).endsWith("a\n");
    }
  }

  @Test
  void aWishThatPsDoesNotKnowIsTheClients() throws Exception {
    String top = "/containers/" + running + "/top?ps_args=";
    isRefused(daemon.send("GET", top + "-o+sponge", ""), "ps: ");
    isRefused(daemon.send("GET", top + "-o+comm", ""), "Couldn't find PID field");
  }

  @Test
  void aBodyThatIsTooDeepOrTooLargeIsRefused() throws Exception {
    isRefused(create("\"Labels\":" + "{\"a\":".repeat(100_000)), "the body is no JSON");
    isRefused(create("\"Env\":[\"" + "x".repeat(4 << 20) + "\"]"), "larger than 4194304 bytes");
    isRefused(create("\"Odd\":" + "9".repeat(5_000)), "the body is no JSON");
  }

  @Test
  void numbersThatAskForSomethingAreNotIgnoredBelowZero() throws Exception {
    for (String setting : new String[] {"\"OomScoreAdj\":-500", "\"MemorySwappiness\":0"}) {
      HttpResponse<String> answer = create("\"HostConfig\":{" + setting + "}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(501);
    }
    String unset = "\"OomScoreAdj\":0,\"MemorySwappiness\":-1";
    assertThat(create("\"HostConfig\":{" + unset + "}").statusCode()).isEqualTo(201);
  }

  @Test
  void aContainerThatIsToBeWaitedForIsNotKilled() throws Exception {
    String patient = "trap 'sleep 1; exit 6' TERM; echo ready; while true; do sleep 0.1; done";
    for (String how : new String[] {"?t=-1", ""}) {
      String id = daemon.run(patient, how.isEmpty() ? Map.of("StopTimeout", -1) : Map.of());
      String log = "/containers/" + id + "/logs?stdout=1";
      Await.until("its first word", () -> daemon.send("GET", log, "").body().contains("ready"));
      assertThat(daemon.post("/containers/" + id + "/stop" + how)).isEqualTo(204);
      assertThat(daemon.exitCode(id)).isEqualTo(6);
    }
  }

  @Test
  void whatIsNoPathIsSaidWhateverIsAskedForIt() throws Exception {
    for (String method : new String[] {"GET", "POST", "DELETE", "PUT"}) {
      HttpResponse<String> answer = daemon.send(method, "/containers/a%2fb", "");
      assertThat(answer.statusCode()).as(method).isEqualTo(400);
      assertThat(answer.body()).as(method).startsWith("{\"message\":\"");
    }
  }
}
