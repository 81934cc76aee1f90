package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests that fail, or whose client leaves, half-way: nothing is half done.
class UnluckyTest {
  @TempDir Path folder;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(folder.resolve("root"), true);
  }

  @AfterEach
  void end() throws Exception {
    daemon.close();
  }

  private Path folder(String container) {
    return folder.resolve("root").resolve("containers").resolve(container);
  }

  @Test
  void aStartThatFailsUnforeseenIsAnEndForThoseWhoWait() throws Exception {
    String id = daemon.create("true", Map.of());
    daemon.end();
    Path stored = folder(id).resolve("container.json");
    String text = Files.readString(stored);
    String odd = text.replaceFirst("\"arguments\":\\[[^]]*]", "\"arguments\":[]");
    assertThat(odd).isNotEqualTo(text);
    Files.writeString(stored, odd);
    daemon = new TestDaemon(folder.resolve("root"), true);
    try (Stream<String> events = daemon.events("die")) { // which clients of API 1.24 wait for
      CompletableFuture<Optional<String>> end = CompletableFuture.supplyAsync(events::findFirst);
      assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(500);
      assertThat(end.get(30, TimeUnit.SECONDS).orElseThrow()).contains(id, "\"exitCode\":\"128\"");
    }
    assertThat(daemon.exitCode(id)).isEqualTo(128);
  }

  @Test
  void whoLeavesWhileOneIsStoppedTakesNothingAlong() throws Exception {
    String id = daemon.run("trap '' TERM; echo ready; while true; do sleep 1; done", Map.of());
    Await.until(
        "its first word",
        () ->
            daemon
                .send("GET", "/containers/" + id + "/logs?stdout=1", "")
                .body()
                .contains("ready"));
    try (Socket client =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(daemon.url()).getPort())) {
      client
          .getOutputStream()
          .write(
              "POST /v1.24/containers/%s/stop?t=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                  .formatted(id)
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(300);
    }
    assertThat(daemon.exitCode(id)).isEqualTo(137);
  }

  @Test
  void aNameThatCannotBeStoredIsNotGiven() throws Exception {
    String id = daemon.create("true", Map.of());
    String before = daemon.get("/containers/" + id + "/json").path("Name").asString();
    Path inTheWay = folder(id).resolve("container.json.new");
    Files.createDirectories(inTheWay.resolve("in the way"));
    assertThat(daemon.post("/containers/" + id + "/rename?name=other")).isEqualTo(500);
    assertThat(daemon.get("/containers/" + id + "/json").path("Name").asString()).isEqualTo(before);
    Files.delete(inTheWay.resolve("in the way"));
    Files.delete(inTheWay);
    assertThat(daemon.post("/containers/" + id + "/rename?name=other")).isEqualTo(204);
    assertThat(daemon.get("/containers/other/json").path("Id").asString()).isEqualTo(id);
  }

  @Test
  void execsThatNobodyStartsHoldUpNoOtherContainer() throws Exception {
    String greedy = daemon.run("exec sleep 1000", Map.of());
    String other = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted = Map.of("Cmd", List.of("true"));
    for (int i = 0; i < 1_000; i++) {
      assertThat(daemon.send("POST", "/containers/" + greedy + "/exec", wanted).statusCode())
          .isEqualTo(201);
    }
    HttpResponse<String> refused = daemon.send("POST", "/containers/" + greedy + "/exec", wanted);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("as many as there can be");
    assertThat(daemon.send("POST", "/containers/" + other + "/exec", wanted).statusCode())
        .isEqualTo(201);
  }

  @Test
  void longExecsTogetherAreBounded() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted = Map.of("Cmd", Collections.nCopies(9, "x".repeat(100_000)));
    int status = 201;
    int made = 0;
    while (status == 201 && made < 200) {
      status = daemon.send("POST", "/containers/" + id + "/exec", wanted).statusCode();
      made++;
    }
    assertThat(status).isEqualTo(409);
    assertThat(made).isBetween(50, 100);
  }
}
