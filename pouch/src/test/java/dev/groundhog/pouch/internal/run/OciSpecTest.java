package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Bind;
import dev.groundhog.pouch.internal.spec.HostConfig.Form;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OciSpecTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ContainerUser ROOT = new ContainerUser(0, 0, List.of(0L));

  private static ProcessConfig command(boolean isTerminal) {
    return new ProcessConfig(
        List.of("sh"),
        List.of("-c", "true"),
        List.of(),
        "",
        "",
        isTerminal,
        ProcessConfig.Input.NONE);
  }

  private static JsonNode process(ContainerUser user, boolean isTerminal) {
    return JSON.valueToTree(OciSpec.process(command(isTerminal), "", user, List.of("A=b")));
  }

  private static JsonNode container(HostConfig host) {
    return JSON.valueToTree(
        OciSpec.container(
            "f".repeat(64),
            "name",
            OciSpec.process(command(false), "/work", ROOT, List.of()),
            host,
            Path.of("/bundle"),
            Map.of("/etc/hosts", "hosts")));
  }

  private static HostConfig host(List<Bind> binds, Network network) {
    return new HostConfig(binds, 0, 0, network, false);
  }

  private static List<String> namespaces(JsonNode spec) {
    return texts(spec.path("linux").path("namespaces"), "type");
  }

  private static List<String> texts(JsonNode array, String name) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(element -> element.path(name).asString())
        .toList();
  }

  @Test
  void aProcessIsTheWholeCommandLineOfItsUser() {
    JsonNode process = process(new ContainerUser(7, 8, List.of(8L, 9L)), true);
    assertThat(process.path("args").toString()).isEqualTo("[\"sh\",\"-c\",\"true\"]");
    assertThat(process.path("cwd").asString()).isEqualTo("/");
    assertThat(process.path("terminal").asBoolean()).isTrue();
    assertThat(process.path("user").path("uid").asInt()).isEqualTo(7);
    assertThat(process.path("user").path("additionalGids").toString()).isEqualTo("[8,9]");
  }

  @Test
  void onlyRootHasCapabilitiesOfItself() {
    assertThat(process(ROOT, false).path("capabilities").path("effective")).hasSize(14);
    JsonNode ofOthers = process(new ContainerUser(7, 8, List.of()), false).path("capabilities");
    assertThat(ofOthers.path("bounding")).hasSize(14);
    assertThat(ofOthers.has("effective")).isFalse();
  }

  @Test
  void aNetworkOfItsOwnIsANamespace() {
    assertThat(namespaces(container(host(List.of(), Network.NONE)))).contains("network", "pid");
    assertThat(namespaces(container(host(List.of(), Network.HOST)))).doesNotContain("network");
    assertThat(namespaces(container(host(List.of(), Network.DEFAULT)))).doesNotContain("network");
  }

  @Test
  void theOuterIsMountedBeforeTheInner() {
    JsonNode mounts =
        container(
                host(
                    List.of(
                        new Bind(Form.VOLUME, "/s", "/a/b", "", false),
                        new Bind(Form.VOLUME, "/u", "/etc", "", false),
                        new Bind(Form.VOLUME, "/v", "/dev", "", false),
                        new Bind(Form.VOLUME, "/t", "/a", "ro", true)),
                    Network.NONE))
            .path("mounts");
    List<String> targets = texts(mounts, "destination");
    assertThat(targets).containsSubsequence("/a", "/a/b").doesNotHaveDuplicates();
    assertThat(targets).containsSubsequence("/etc", "/etc/hosts");
    assertThat(targets).containsSubsequence("/dev", "/dev/pts");
    assertThat(mounts.get(targets.indexOf("/a")).path("options").toString())
        .isEqualTo("[\"rbind\",\"ro\",\"rprivate\"]");
    assertThat(mounts.get(targets.indexOf("/etc/hosts")).path("source").asString())
        .isEqualTo("/bundle/hosts");
  }

  @Test
  void aBindTakesTheirPlaceFromTheMountsThatAllHave() {
    JsonNode mounts =
        container(
                host(
                    List.of(
                        new Bind(Form.VOLUME, "/s", "/etc/hosts", "", false),
                        new Bind(Form.VOLUME, "/t", "/dev/shm", "", false)),
                    Network.NONE))
            .path("mounts");
    List<String> targets = texts(mounts, "destination");
    assertThat(targets).doesNotHaveDuplicates().contains("/etc/hosts", "/dev/shm");
    assertThat(mounts.get(targets.indexOf("/etc/hosts")).path("source").asString()).isEqualTo("/s");
  }

  @Test
  void limitsAreThoseThatWereAskedFor() {
    JsonNode without = container(host(List.of(), Network.NONE)).path("linux").path("resources");
    assertThat(without.has("memory")).isFalse();
    assertThat(without.has("pids")).isFalse();
    JsonNode with =
        container(new HostConfig(List.of(), 8 << 20, 9, Network.NONE, false))
            .path("linux")
            .path("resources");
    assertThat(with.path("memory").path("limit").asLong()).isEqualTo(8 << 20);
    assertThat(with.path("pids").path("limit").asInt()).isEqualTo(9);
  }

  @Test
  void theRootIsReadOnlyWhereThatWasAskedFor() {
    assertThat(container(host(List.of(), Network.NONE)).path("root").path("readonly").asBoolean())
        .isFalse();
    assertThat(
            container(new HostConfig(List.of(), 0, 0, Network.NONE, true))
                .path("root")
                .path("readonly")
                .asBoolean())
        .isTrue();
  }
}
