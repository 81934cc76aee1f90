package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.mark.Labels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The endpoint in the JDK's server, over real sockets.
class DebugHandlerTest {
  private HttpServer server;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    DebugEndpoint endpoint =
        new DebugEndpoint(
            ThisJvm.open(
                () -> new Class<?>[] {Parked.class, DebugHandlerTest.class, String[].class},
                BirthSource.NONE,
                Prover.NONE),
            List.of("java", "-jar", "a b.jar"));
    server.createContext(
        "/debug/", DebugHandler.of(endpoint, AccessRule.loopback(server.getAddress())));
    server.start();
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?debug=0", "?debug=1", "?debug=2", "?debug=x", "?debug=-1"})
  void everyFormOfAllThreadsIsReadBack(String query) throws Exception {
    try (Parked _ = Parked.start(40, 20, 5)) {
      HttpResponse<byte[]> answer = get("/debug/pprof/goroutine" + query);
      assertThat(answer.statusCode()).isEqualTo(200);
      Dump dump = DumpReader.readAll(new ByteArrayInputStream(answer.body())).getFirst();
      long[] parked = {0};
      dump.forEach(thread -> {
        if (thread.stack().frames().toString().contains("endpoint.Parked.park")) {
          parked[0] += thread.count();
        }
      });
      assertThat(parked[0]).isEqualTo(65);
      boolean isText = List.of("?debug=1", "?debug=2").contains(query);
      assertThat(header(answer, "Content-Type"))
          .isEqualTo(isText ? "text/plain; charset=utf-8" : "application/octet-stream");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.headers().firstValue("Content-Disposition").isPresent()).isEqualTo(!isText);
    }
  }

  @Test
  void theWholeDumpHasWhatPprofCannotCarry() throws Exception {
    try (Parked _ = Parked.start(3, 0, 1)) {
      HttpResponse<byte[]> answer = get("/debug/groundhog/dump");
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      Dump dump = DumpReader.readAll(new ByteArrayInputStream(answer.body())).getFirst();
      assertThat(dump.process().pid()).hasValue(ProcessHandle.current().pid());
      List<String> names = new ArrayList<>();
      dump.forEach(thread -> names.add(thread.name()));
      assertThat(names).contains("parked-0", "parked-1", "parked-2", "parked-p-0");
    }
  }

  @Test
  void aDeltaIsAskedForInSeconds() throws Exception {
    long began = System.nanoTime();
    HttpResponse<byte[]> answer = get("/debug/pprof/goroutine?seconds=1");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(header(answer, "Content-Disposition"))
        .isEqualTo("attachment; filename=\"goroutine-delta\"");
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @CsvSource({
    "seconds=0, 'invalid value for \"seconds\" - must be a positive integer'",
    "seconds=-1, 'invalid value for \"seconds\" - must be a positive integer'",
    "seconds=1.5, 'invalid value for \"seconds\" - must be a positive integer'",
    "seconds=99999999999999999999, 'invalid value for \"seconds\" - must be a positive integer'",
    "seconds=1&debug=1, seconds and debug params are incompatible",
    "seconds=601, profile duration exceeds server's WriteTimeout",
  })
  void aDeltaThatCannotBeIsToldAsGoTellsIt(String query, String message) throws Exception {
    HttpResponse<byte[]> answer = get("/debug/pprof/goroutine?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).isEqualTo(message + "\n");
    assertThat(header(answer, "X-Go-Pprof")).isEqualTo("1");
  }

  @Test
  void leaksAreAReport() throws Exception {
    try (Parked _ = Parked.start(40, 0, 0)) {
      HttpResponse<byte[]> answer = get("/debug/groundhog/leaks?at-least=40");
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      assertThat(text(answer))
          .startsWith("{\"schema\":\"groundhog.report/1\",\"target\":\"PID ")
          .contains("\"verdict\":\"SUSPECTED\",\"count\":40,\"kind\":\"VIRTUAL\"")
          .contains("\"history\":[{\"secondsAgo\":");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "older=1m",
        "older=-1",
        "at-least=0",
        "at-least=x",
        "grace=10s",
        "grace=-1",
        "grace=",
        "grace=0.5",
        "grace=9999999999",
        "prove=1&min-wait=1m"
      })
  void whatLeaksCannotTakeIsRefused(String query) throws Exception {
    HttpResponse<byte[]> answer = get("/debug/groundhog/leaks?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer).lines())
        .singleElement()
        .asString()
        .contains(query.replaceAll(".*&", "").split("=", 2)[0]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/debug/pprof/goroutineleak",
        "/debug/pprof/goroutineleak?debug=2",
        "/debug/groundhog/leaks?prove=1",
        "/debug/groundhog/dump?prove=1"
      })
  void whatOnlyTheAgentCanProveIsRefusedWithoutIt(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(text(answer))
        .isEqualTo("only Groundhog's agent can prove leaks: load it into this JVM\n");
  }

  @Test
  void whoseClientIsGoneForTheGraceTimeIsAbandoned() throws Exception {
    Labels work = Labels.of("route", "/a b").forClient();
    try (Parked _ = work.call(() -> Parked.start(3, 0, 1))) {
      assertThat(text(get("/debug/groundhog/leaks?grace=0"))).doesNotContain("ABANDONED");
      work.clientGone();
      assertThat(text(get("/debug/groundhog/leaks?grace=0")))
          .contains("\"verdict\":\"ABANDONED\",\"count\":3,\"kind\":\"VIRTUAL\"")
          .contains("\"verdict\":\"ABANDONED\",\"count\":1,\"kind\":\"PLATFORM\"")
          .containsPattern("\"clientGoneSeconds\":\\d")
          .contains("the grace time is 0 s");
      assertThat(text(get("/debug/groundhog/leaks?grace=999999999"))).doesNotContain("ABANDONED");
      assertThat(text(get("/debug/groundhog/leaks")))
          .as("the usual grace time")
          .doesNotContain("ABANDONED");
    }
  }

  @Test
  void everyThreadIsGivenWithItsLabelsIfThatIsAskedFor() throws Exception {
    try (Parked _ = Labels.of("route", "/a b").call(() -> Parked.start(3, 0, 1))) {
      String all = "/debug/pprof/goroutine?debug=2";
      assertThat(text(get(all + "&labels=1"))).contains(" {route: \"/a b\"}:\n");
      assertThat(text(get(all + "&labels="))).contains("{route: ");
      assertThat(text(get(all))).doesNotContain("route");
      assertThat(text(get(all + "&labels=0"))).doesNotContain("route");
      assertThat(text(get("/debug/pprof/goroutine?debug=1")))
          .contains("3 @ ", "# labels: {\"route\":\"/a b\"}\n");
      HttpResponse<byte[]> profile = get("/debug/pprof/goroutine?labels=1");
      assertThat(labelled(profile.body())).isEqualTo(4);
      assertThat(labelled(get(all + "&labels=1").body())).isEqualTo(4);
    }
  }

  /// How many threads have the route `/a b`.
  private static long labelled(byte[] dump) throws IOException {
    long[] count = {0};
    DumpReader.readAll(new ByteArrayInputStream(dump))
        .getFirst()
        .forEach(thread ->
            count[0] += thread.labels().equals(Map.of("route", "/a b")) ? thread.count() : 0);
    return count[0];
  }

  @ParameterizedTest
  @CsvSource({
    "Parked.close, true, ''",
    "dev.groundhog.endpoint.Parked.start, true, ''",
    "Parked.<init>, true, ''",
    "dev.groundhog.endpoint.*, true, ''",
    "Parked.clsoe, false, Parked.close",
    "Barked.close, false, Parked.close",
    "Elsewhere.close, false, ''",
    "com.acme.*, false, ''",
    "theMethodOfNobody, null, ''",
    "/Parked/, null, ''",
    "ThisJvm.told, true, ''", // is on the stack
  })
  void aFunctionIsKnownByTheLoadedClasses(String name, String known, String nearest)
      throws Exception {
    String parameter = URLEncoder.encode(name, StandardCharsets.UTF_8);
    assertThat(text(get("/debug/groundhog/functions?name=" + parameter)))
        .startsWith("{\"schema\":\"groundhog.functions/1\",\"name\":\"" + name + "\"")
        .contains("\"known\":" + known + ",")
        .contains("\"nearest\":" + (nearest.isEmpty() ? "null" : "\"" + nearest + "\""));
  }

  @Test
  void aFunctionWithoutANameIsRefused() throws Exception {
    assertThat(get("/debug/groundhog/functions").statusCode()).isEqualTo(400);
    assertThat(get("/debug/groundhog/functions?name=/(/").statusCode()).isEqualTo(400);
  }

  @Test
  void metricsCountThreadsAndGroups() throws Exception {
    try (Parked _ = Parked.start(40, 0, 0)) {
      HttpResponse<byte[]> answer = get("/debug/groundhog/metrics");
      assertThat(header(answer, "Content-Type"))
          .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(text(answer))
          .contains("# TYPE groundhog_threads gauge\n")
          .containsPattern("groundhog_threads\\{kind=\"virtual\",state=\"waiting\"} 4\\d\n")
          .containsPattern("groundhog_groups\\{verdict=\"expected\"} [1-9]")
          .endsWith("# EOF\n");
    }
  }

  @Test
  void theCommandLineIsToldAsGoTellsIt() throws Exception {
    assertThat(text(get("/debug/pprof/cmdline"))).isEqualTo("java\0-jar\0a b.jar");
  }

  @Test
  void thePageCountsThreadsAndLeadsToThem() throws Exception {
    HttpResponse<byte[]> page = get("/debug/pprof/");
    assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(text(page))
        .contains("<title>/debug/pprof/</title>", "goroutine?debug=1", "goroutine?debug=2")
        .containsPattern("<td>\\d+</td>");
  }

  @Test
  void anUnknownProfileIsToldAsGoTellsIt() throws Exception {
    HttpResponse<byte[]> answer = get("/debug/pprof/nope");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).isEqualTo("Unknown profile\n");
    assertThat(header(answer, "X-Go-Pprof")).isEqualTo("1");
    assertThat(get("/debug/other").statusCode()).isEqualTo(404);
  }

  @Test
  void onlyGetAndHeadAreAnswered() throws Exception {
    HttpResponse<byte[]> post =
        send(request("/debug/pprof/").POST(HttpRequest.BodyPublishers.ofString("x")));
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(header(post, "Allow")).isEqualTo("GET, HEAD");
    HttpResponse<byte[]> head = send(request("/debug/pprof/goroutine?debug=1").HEAD());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aForeignPageIsNotLetIn() throws Exception {
    HttpResponse<byte[]> answer =
        send(request("/debug/pprof/").header("Origin", "http://example.com"));
    assertThat(answer.statusCode()).isEqualTo(403);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/debug/pprof/threadcreate", "/debug/groundhog/births"})
  void whereNobodyRecordsStartsItIsSaidWhatToDo(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(text(answer)).contains("births=sample");
  }
}
