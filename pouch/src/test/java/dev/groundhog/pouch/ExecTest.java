package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Further processes in a container that runs.
class ExecTest {
  private static final Map<String, Object> OUTPUT =
      Map.of("AttachStdout", true, "AttachStderr", true);

  @TempDir Path folder;
  private TestDaemon daemon;
  private String container;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(folder.resolve("root"), true);
    container = daemon.run("exec sleep 1000", Map.of("Env", List.of("A=of the container")));
  }

  @AfterEach
  void end() throws Exception {
    daemon.close();
  }

  private HttpResponse<String> tryCreate(String script, Map<String, Object> settings)
      throws Exception {
    Map<String, Object> body = new HashMap<>(settings);
    body.putIfAbsent("Cmd", List.of("sh", "-c", script));
    return daemon.send("POST", "/containers/" + container + "/exec", body);
  }

  private String create(String script, Map<String, Object> settings) throws Exception {
    return TestDaemon.JSON.readTree(tryCreate(script, settings).body()).path("Id").asString();
  }

  private JsonNode inspect(String exec) throws Exception {
    return daemon.get("/exec/" + exec + "/json");
  }

  @Test
  void itsOutputComesAndThenItsExitCodeIsKnown() throws Exception {
    String exec = create("echo \"$A\"; echo \"$B\"; pwd; exit 3", with("WorkingDir", "/tmp"));
    assertThat(inspect(exec).path("ExitCode").isNull()).isTrue();
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      client.endInput();
      assertThat(client.text(1)).isEqualTo("of the container\nof its own\n/tmp\n");
    }
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(3);
    assertThat(inspect(exec).path("Running").asBoolean()).isFalse();
    assertThat(inspect(exec).path("ContainerID").asString()).isEqualTo(container);
    assertThat(daemon.post("/exec/" + exec + "/start")).isEqualTo(409);
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> settings = new HashMap<>(OUTPUT);
    settings.put("Env", List.of("B=of its own"));
    settings.put(name, value);
    return settings;
  }

  @Test
  void aSettingThatIsNotKnownIsRefusedByName() throws Exception {
    HttpResponse<String> refused = tryCreate("true", Map.of("Sponge", "wet"));
    assertThat(refused.statusCode()).isEqualTo(501);
    assertThat(refused.body()).contains("not supported: the setting ExecConfig.Sponge");
    assertThat(tryCreate("true", Map.of("Privileged", true)).statusCode()).isEqualTo(501);
    assertThat(tryCreate("true", Map.of("Sponge", "", "Privileged", false)).statusCode())
        .isEqualTo(201);
  }

  @Test
  void aNulIsRefusedWhereverItStands() throws Exception {
    for (Map<String, Object> settings :
        List.<Map<String, Object>>of(
            Map.of("User", "a\0b"),
            Map.of("WorkingDir", "/a\0b"),
            Map.of("DetachKeys", "a\0b"),
            Map.of("Env", List.of("A=\0")),
            Map.of("Cmd", "a\0b"))) {
      HttpResponse<String> refused = tryCreate("true", settings);
      assertThat(refused.statusCode()).as(settings + refused.body()).isEqualTo(400);
    }
  }

  @Test
  void itReadsWhatItsClientTypes() throws Exception {
    String exec = create("cat; exit 5", with("AttachStdin", true));
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      client.write("typed");
      client.endInput();
      assertThat(client.text(1)).isEqualTo("typed");
    }
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(5);
  }

  @Test
  void oneWhoseClientHasLeftGoesOnAndNothingOfItIsLeftAtItsEnd() throws Exception {
    Path mark = folder.resolve("mark");
    String exec =
        create("echo a; while [ ! -e " + mark + " ]; do sleep 0.05; done; exit 6", OUTPUT);
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.frames(1, 2)).isEqualTo("a\n");
      client.reset();
    }
    assertThat(inspect(exec).path("Running").asBoolean()).isTrue();
    Files.createFile(mark);
    awaitEnd(exec);
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(6);
    awaitNoFolder(exec);
  }

  private void awaitEnd(String exec) throws Exception {
    Await.until("the end of " + exec, () -> !inspect(exec).path("ExitCode").isNull());
  }

  private void awaitNoFolder(String exec) throws Exception {
    Path execs = folder.resolve("root").resolve("containers").resolve(container).resolve("execs");
    Await.until("the removal of its folder", () -> !Files.exists(execs.resolve(exec)));
  }

  @Test
  void aDetachedOneIsAnsweredAtOnceAndKeepsNoOutput() throws Exception {
    String exec = create("seq 1 100000; exit 9", Map.of());
    assertThat(daemon.send("POST", "/exec/" + exec + "/start", Map.of("Detach", true)).statusCode())
        .isEqualTo(200);
    awaitEnd(exec);
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(9);
    awaitNoFolder(exec);
  }

  @Test
  void itEndsWithItsContainer() throws Exception {
    String exec = create("echo here; exec sleep 1000", OUTPUT);
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.frames(1, 5)).isEqualTo("here\n");
      assertThat(daemon.post("/containers/" + container + "/kill")).isEqualTo(204);
      assertThat(client.text(1)).isEmpty();
    }
    awaitEnd(exec);
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(137);
    assertThat(daemon.send("DELETE", "/containers/" + container, "").statusCode()).isEqualTo(204);
    assertThat(daemon.send("GET", "/exec/" + exec + "/json", "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatCannotBeRunIsSaid() throws Exception {
    assertThat(tryCreate("", Map.of("Cmd", List.of())).statusCode()).isEqualTo(400);
    assertThat(tryCreate("true", Map.of("Env", List.of("=nothing"))).statusCode()).isEqualTo(400);
    assertThat(tryCreate("true", Map.of("DetachKeys", "ctrl-1")).statusCode()).isEqualTo(400);
    assertThat(tryCreate("true", Map.of("Privileged", true)).statusCode()).isEqualTo(501);
    assertThat(daemon.post("/exec/none/start")).isEqualTo(404);
    assertThat(daemon.post("/exec/none/resize?h=1&w=1")).isEqualTo(404);
    daemon.post("/containers/" + container + "/kill");
    daemon.exitCode(container);
    assertThat(tryCreate("true", Map.of()).statusCode()).isEqualTo(409);
  }

  @Test
  void eventsTellOfItsLife() throws Exception {
    String since = Long.toString(System.currentTimeMillis() / 1_000);
    String exec = create("exit 2", OUTPUT);
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.text(1)).isEmpty();
    }
    String events =
        Await.first(
            "its end",
            () -> Optional.of(eventsSince(since)).filter(all -> all.contains("exec_die")));
    assertThat(events).contains("exec_create: sh -c exit 2", "exec_start: sh -c exit 2", exec);
    assertThat(events).contains("\"exitCode\":\"2\"");
  }

  private String eventsSince(String since) throws Exception {
    String until = "%.3f".formatted(System.currentTimeMillis() / 1_000.0);
    return daemon.send("GET", "/events?since=" + since + "&until=" + until, "").body();
  }

  @Test
  void itsDirectoryIsNotLookedForFromTheDaemonsOwn() throws Exception {
    HttpResponse<String> refused = tryCreate("true", Map.of("WorkingDir", "tmp"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("it needs to be an absolute path");
  }

  @Test
  void theInputOfADetachedOneIsAtItsEnd() throws Exception {
    String exec = create("cat; exit 4", Map.of("AttachStdin", true));
    assertThat(daemon.send("POST", "/exec/" + exec + "/start", Map.of("Detach", true)).statusCode())
        .isEqualTo(200);
    awaitEnd(exec);
    assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(4);
  }
}
