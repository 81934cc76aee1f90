package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a daemon says of itself and its machine, as `docker info` shows it.
class InfoTest {
  @TempDir Path folder;

  @Test
  void itNamesWhatThereIsAndPromisesNoIsolationWithoutOne() throws Exception {
    try (TestDaemon daemon = new TestDaemon(folder.resolve("root"), true)) {
      JsonNode info = daemon.get("/info");
      assertThat(info.path("Driver").asString()).isEqualTo("none");
      assertThat(info.path("Swarm").path("LocalNodeState").asString()).isEqualTo("inactive");
      assertThat(info.path("Plugins").toString())
          .contains("\"Log\":[\"json-file\"]", "\"Network\":[\"host\"]", "\"Volume\":[]");
      assertThat(info.path("MemoryLimit").asBoolean()).isFalse();
      assertThat(info.path("PidsLimit").asBoolean()).isFalse();
      assertThat(info.path("Warnings").get(0).asString()).contains("isolates nothing");
    }
  }

  @Test
  void itNamesTheSystemAsTheSystemDoes() throws Exception {
    Path release = Path.of("/etc/os-release");
    Assumptions.assumeTrue(Files.isReadable(release), "this system does not name itself");
    try (TestDaemon daemon = new TestDaemon(folder.resolve("root"), true)) {
      String name = daemon.get("/info").path("OperatingSystem").asString();
      assertThat(Files.readAllLines(release))
          .map(line -> line.replace("\"", "").replace("'", ""))
          .contains("PRETTY_NAME=" + name);
    }
  }
}
