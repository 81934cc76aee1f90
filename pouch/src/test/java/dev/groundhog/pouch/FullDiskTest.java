package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A data root that has no room left: what is asked for is refused in words, and no end is lost.
class FullDiskTest {
  @TempDir Path folder;
  private Path root;
  private boolean isMounted;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    root = folder.resolve("root");
    Files.createDirectory(root);
    isMounted = sh("mount -t tmpfs -o size=4m none \"$1\"").isEmpty();
    Assumptions.assumeTrue(isMounted, "no file system can be mounted");
    daemon = new TestDaemon(root, true);
  }

  @AfterEach
  void end() throws Exception {
    try {
      if (daemon != null) {
        daemon.close();
      }
    } finally {
      if (isMounted) {
        assertThat(sh("umount -l \"$1\"")).isEmpty(); // a parent may still end in it
      }
    }
  }

  /// @return what it said, if it failed
  private String sh(String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script, "sh", root.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said + " failed";
  }

  private void fill() throws Exception {
    assertThat(sh("dd if=/dev/zero of=\"$1/filler\" bs=4k")).contains("No space left");
  }

  private JsonNode state(String id) throws Exception {
    return daemon.get("/containers/" + id + "/json").path("State");
  }

  @Test
  void anEndThatHasNoRoomIsToldOnceThereIsSome() throws Exception {
    String id = daemon.run("while [ ! -e end ]; do sleep 0.1; done; exit 7", Map.of());
    ProcessHandle process = ProcessHandle.of(state(id).path("Pid").asLong()).orElseThrow();
    fill();
    Files.createFile(root.resolve("containers").resolve(id).resolve("directory").resolve("end"));
    process.onExit().get();
    Thread.sleep(1_500); // its parent has tried in vain by now
    assertThat(state(id).path("Running").asBoolean()).isTrue();
    Files.delete(root.resolve("filler"));
    assertThat(daemon.exitCode(id)).isEqualTo(7);
  }

  @Test
  void whatHasNoRoomIsRefusedSoonAndCanBeDoneLater() throws Exception {
    String id = daemon.create("exit 3", Map.of());
    fill();
    Instant began = Instant.now();
    for (String path : new String[] {"/start", "/rename?name=other"}) {
      assertThat(daemon.send("POST", "/containers/" + id + path, "").body())
          .contains("No space left on device");
    }
    Map<String, Object> wanted = Map.of("Image", "busybox", "Cmd", "true");
    assertThat(daemon.send("POST", "/containers/create", wanted).body())
        .contains("No space left on device");
    assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(daemon.get("/containers/json?all=1")).hasSize(1);
    Files.delete(root.resolve("filler"));
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(3);
  }

  @Test
  void whatWasPrintedLastIsKeptThoughItsProcessHasEnded() throws Exception {
    String id =
        daemon.run(
            "while [ ! -e end ]; do sleep 0.1; done; echo lost; sleep 1; seq 1 10000", Map.of());
    ProcessHandle process = ProcessHandle.of(state(id).path("Pid").asLong()).orElseThrow();
    fill();
    Files.createFile(root.resolve("containers").resolve(id).resolve("directory").resolve("end"));
    process.onExit().get();
    Thread.sleep(4_000); // longer than who holds a pipe is waited for
    Files.delete(root.resolve("filler"));
    assertThat(daemon.exitCode(id)).isZero();
    assertThat(daemon.send("GET", "/containers/" + id + "/logs?stdout=1", "").body().lines())
        .hasSizeGreaterThanOrEqualTo(10_000)
        .last()
        .asString()
        .endsWith("10000");
  }

  @Test
  void anExecThatHasNoRoomSaysSoToItsClient() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    String exec = daemon.createExec(id, Map.of("AttachStdout", true, "Cmd", List.of("true")));
    fill();
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.text(1)).contains("No space left on device");
    }
    assertThat(daemon.get("/exec/" + exec + "/json").path("ExitCode").asInt()).isEqualTo(126);
  }

  @Test
  void whatHasFilledItCanBeRemovedByForce() throws Exception {
    String id = daemon.run("exec yes", Map.of("HostConfig", Map.of("LogConfig", Map.of())));
    Await.until("a full disk", () -> root.toFile().getUsableSpace() == 0);
    assertThat(daemon.send("DELETE", "/containers/" + id + "?force=1", "").statusCode())
        .isEqualTo(204);
    assertThat(root.toFile().getUsableSpace()).isPositive();
    assertThat(daemon.get("/containers/json?all=1")).isEmpty();
  }
}
