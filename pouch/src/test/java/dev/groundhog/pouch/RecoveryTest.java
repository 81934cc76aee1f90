package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.groundhog.pouch.internal.run.RealRunc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a daemon finds that another has left, which may have ended at any moment.
class RecoveryTest {
  @TempDir Path folder;
  private Path root;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    root = folder.resolve("root");
    daemon = new TestDaemon(root, true);
  }

  @AfterEach
  void end() throws Exception {
    daemon.close();
  }

  private Path folder(String container) {
    return root.resolve("containers").resolve(container);
  }

  private JsonNode state(String id) throws Exception {
    return daemon.get("/containers/" + id + "/json").path("State");
  }

  /// As it is stored while it is started.
  private void storeAsStarting(String id) throws Exception {
    Path stored = folder(id).resolve("container.json");
    String text = Files.readString(stored);
    String starting =
        text.replace("\"RUNNING\"", "\"CREATED\"")
            .replace("\"isStarting\":false", "\"isStarting\":true");
    assertThat(starting).isNotEqualTo(text);
    Files.writeString(stored, starting);
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  private void killParent(Path folder) throws Exception {
    kill(Long.parseLong(Files.readString(folder.resolve("parent")).split(" ", -1)[1]));
  }

  @Test
  void oneThatWasStartedBeforeThatWasNotedIsFoundAgain() throws Exception {
    String id = daemon.run("while true; do sleep 1; done", Map.of());
    daemon.end();
    storeAsStarting(id);
    daemon = new TestDaemon(root, true);
    assertThat(state(id).path("Running").asBoolean()).isTrue();
    assertThat(daemon.post("/containers/" + id + "/kill")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(137);
  }

  @Test
  void oneThatWasStartedAndEndedBeforeThatWasNotedHasItsExitCode() throws Exception {
    String id = daemon.run("sleep 1; exit 7", Map.of());
    daemon.end();
    storeAsStarting(id);
    Await.until("its end", () -> Files.exists(root.resolve("parents/ends").resolve(id)));
    daemon = new TestDaemon(root, true);
    assertThat(state(id).path("ExitCode").asInt()).isEqualTo(7);
    assertThat(state(id).path("Status").asString()).isEqualTo("exited");
  }

  @Test
  void oneThatEndedWhileNoDaemonRanHasFinishedWhenItEnded() throws Exception {
    String id = daemon.run("sleep 1; exit 7", Map.of());
    daemon.end();
    Path end = root.resolve("parents/ends").resolve(id);
    Await.until("its end", () -> Files.exists(end));
    Instant ended = Files.getLastModifiedTime(end).toInstant();
    Thread.sleep(50); // so that the restart's time is another one
    daemon = new TestDaemon(root, true);
    assertThat(Instant.parse(state(id).path("FinishedAt").asString())).isEqualTo(ended);
  }

  @Test
  void nothingOfAnExecIsLeftOfAContainerThatTheNextDaemonRemoves() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted =
        Map.of("AttachStdin", true, "Tty", true, "Cmd", List.of("sleep", "1000"));
    String exec = daemon.createExec(id, wanted);
    assertThat(daemon.send("POST", "/exec/" + exec + "/start", Map.of("Detach", true)).statusCode())
        .isEqualTo(200);
    daemon.end();
    assertThat(processesOf(folder(id))).isNotEmpty();
    daemon = new TestDaemon(root, true);
    assertThat(daemon.send("DELETE", "/containers/" + id + "?force=1", "").statusCode())
        .isEqualTo(204);
    Await.until("the end of its processes", () -> processesOf(folder(id)).isEmpty());
  }

  /// Those that parents have started, and the parents themselves.
  private static List<String> processesOf(Path container) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).contains("GROUNDHOG_FOLDER=" + container))
        .map(process -> process.info().toString())
        .toList();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return ""; // it is gone
    }
  }

  @Test
  void oneWhoseParentNeverCameIsNotStartedAndSaysWhy() throws Exception {
    String id = daemon.create("exit 3", Map.of());
    daemon.end();
    storeAsStarting(id);
    daemon = new TestDaemon(root, true);
    assertThat(state(id).path("Status").asString()).isEqualTo("created");
    assertThat(state(id).path("Error").asString()).contains("ended while it was started");
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(3);
  }

  @Test
  void noneRunsWhoseDaemonAndParentWereKilledBeforeItsStartWasNoted() throws Exception {
    RealRunc.assumeIsHere();
    daemon.close();
    Path isolated = folder.resolve("isolated");
    daemon = new TestDaemon(isolated, true, RealRunc.RUNC.toString());
    daemon.load(BusyboxImage.of(0).archive());
    String id = daemon.run("sleep 1000", Map.of());
    long pid = state(id).path("Pid").asLong();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    daemon.end();
    root = isolated;
    storeAsStarting(id);
    killParent(folder(id));
    Await.until("the death of its parent", () -> !isParentAlive(id));
    assertThat(process.isAlive()).isTrue();
    daemon = new TestDaemon(isolated, true, RealRunc.RUNC.toString());
    Await.until("the death of its process", () -> !process.isAlive());
    assertThat(state(id).path("Running").asBoolean()).isFalse();
  }

  private boolean isParentAlive(String id) throws Exception {
    long pid = Long.parseLong(Files.readString(folder(id).resolve("parent")).split(" ", -1)[1]);
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  @Test
  void oneWhoseImageIsGoneIsThereNeverthelessAndCannotBeStarted() throws Exception {
    RealRunc.assumeIsHere();
    daemon.close();
    root = folder.resolve("isolated");
    daemon = new TestDaemon(root, true, RealRunc.RUNC.toString());
    daemon.load(BusyboxImage.of(0).archive());
    String id = daemon.run("sleep 1000", Map.of());
    daemon.end();
    try (Stream<Path> configs = Files.list(root.resolve("images/configs"))) {
      for (Path config : configs.toList()) {
        Files.writeString(config, "damaged");
      }
    }
    daemon = new TestDaemon(root, true, RealRunc.RUNC.toString());
    assertThat(state(id).path("Running").asBoolean()).isTrue();
    assertThat(daemon.post("/containers/" + id + "/kill")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(137);
    assertThat(daemon.send("POST", "/containers/" + id + "/start", "").body())
        .contains("No such image: busybox");
    assertThat(daemon.send("DELETE", "/containers/" + id, "").statusCode()).isEqualTo(204);
  }

  @Test
  void whatWasHalfMadeOrHalfRemovedIsDeleted() throws Exception {
    String id = daemon.create("true", Map.of());
    daemon.end();
    Path unfinished = folder(".unfinished");
    Files.move(folder(id), unfinished.resolve(id)); // its removal had begun
    Files.createDirectories(unfinished.resolve("0123").resolve("bundle"));
    daemon = new TestDaemon(root, true);
    assertThat(unfinished).isEmptyDirectory();
    assertThat(daemon.get("/containers/json?all=1")).isEmpty();
  }

  @Test
  void oneThatRemovesItselfAndWasNeverStartedIsRemoved() throws Exception {
    String id = daemon.create("true", Map.of("HostConfig", Map.of("AutoRemove", true)));
    daemon.end();
    daemon = new TestDaemon(root, true);
    assertThat(daemon.get("/containers/json?all=1")).isEmpty();
    assertThat(folder(id)).doesNotExist();
  }

  @Test
  void anEndThatNobodyExpectsIsThrownAway() throws Exception {
    Path ends = root.resolve("parents/ends");
    Files.writeString(ends.resolve("0".repeat(64)), "0\n");
    Await.until(ends + " without files", () -> isEmpty(ends));
    String id = daemon.run("exit 4", Map.of());
    assertThat(daemon.exitCode(id)).isEqualTo(4);
    Await.until(ends + " without files", () -> isEmpty(ends));
  }

  private static boolean isEmpty(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void ofAnExecWhoseParentIsKilledNothingIsLeftByTheNextDaemon() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted =
        Map.of("AttachStdout", true, "Cmd", List.of("sh", "-c", "echo here; exec sleep 1000"));
    String exec = daemon.createExec(id, wanted);
    Path execFolder = folder(id).resolve("execs").resolve(exec);
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.frames(1, 5)).isEqualTo("here\n");
      daemon.end();
    }
    daemon = new TestDaemon(root, true);
    assertThat(execFolder).exists();
    killParent(execFolder);
    Await.until("the removal of " + execFolder, () -> !Files.exists(execFolder));
  }

  @Test
  void anExecOfTheDaemonBeforeEndsWithItsContainer() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted = Map.of("Cmd", List.of("sleep", "1000"));
    String exec = daemon.createExec(id, wanted);
    daemon.send("POST", "/exec/" + exec + "/start", Map.of("Detach", true));
    long pid = daemon.get("/exec/" + exec + "/json").path("Pid").asLong();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    daemon.end();
    daemon = new TestDaemon(root, true);
    assertThat(process.isAlive()).isTrue();
    assertThat(daemon.send("DELETE", "/containers/" + id + "?force=1", "").statusCode())
        .isEqualTo(204);
    Await.until("the death of its process", () -> !process.isAlive());
  }

  @Test
  void aDataRootOfAnotherVersionIsNotTouched() throws Exception {
    daemon.end();
    Path version = root.resolve("version");
    assertThat(version).hasContent("1");
    Files.writeString(version, "2\n");
    assertThatIOException()
        .isThrownBy(() -> new TestDaemon(root, true))
        .withMessageContaining("is of version 2, and this pouchd knows 1");
    Files.delete(version);
    assertThatIOException()
        .isThrownBy(() -> new TestDaemon(root, true))
        .withMessageContaining("is of version none");
    Files.writeString(version, "1\n");
    daemon = new TestDaemon(root, true);
  }

  @Test
  void whatCannotBeReadIsLeftAsItIs() throws Exception {
    String whole = daemon.create("true", Map.of());
    String damaged = daemon.create("true", Map.of());
    daemon.end();
    for (String text : List.of("", "{", "{}", "[1]", "{\"id\":\"" + damaged + "\"}")) {
      Files.writeString(folder(damaged).resolve("container.json"), text);
      daemon = new TestDaemon(root, true);
      assertThat(daemon.get("/containers/json?all=1").findValuesAsString("Id"))
          .containsExactly(whole);
      daemon.end();
    }
    assertThat(folder(damaged)).exists();
    daemon = new TestDaemon(root, true);
  }

  @Test
  void twoDaemonsDoNotShareADataRoot() throws Exception {
    Path lock = root.resolve("lock");
    String locked = ":" + Files.getAttribute(lock, "unix:ino") + " ";
    assertThat(Path.of("/proc/locks")).content().contains(locked);
    assertThatIOException()
        .isThrownBy(() -> new TestDaemon(root, true))
        .withMessageContaining("another pouchd runs with the data root");
    assertThat(Path.of("/proc/locks")).content().as("against other processes").contains(locked);
  }

  @Test
  void oneThatWasRefusedBeforeThatWasNotedHasNotRun() throws Exception {
    String id = daemon.create("exit 3", Map.of());
    daemon.end();
    storeAsStarting(id);
    Files.writeString(root.resolve("parents/ends").resolve(id), "1\n");
    daemon = new TestDaemon(root, true);
    assertThat(state(id).path("Status").asString()).isEqualTo("created");
    assertThat(state(id).path("Error").asString()).isNotEmpty();
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(3);
  }

  @Test
  void aFolderOfOthersIsNotTakenForADataRoot() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("file"), "somebody's");
    assertThatIOException()
        .isThrownBy(() -> new TestDaemon(other, true))
        .withMessageContaining("is no data root of pouchd, and not empty");
    try (Stream<Path> all = Files.list(other)) {
      assertThat(all).hasSize(1);
    }
  }

  @Test
  void whatOneRuntimeHasMadeIsNotStartedByAnother() throws Exception {
    RealRunc.assumeIsHere();
    String plain = daemon.create("true", Map.of());
    daemon.end();
    daemon = new TestDaemon(root, true, RealRunc.RUNC.toString());
    assertThat(daemon.send("POST", "/containers/" + plain + "/start", "").body())
        .contains("it was made with the runtime process");
    daemon.load(BusyboxImage.of(0).archive());
    String isolated = daemon.create("true", Map.of());
    daemon.end();
    daemon = new TestDaemon(root, true);
    assertThat(daemon.send("POST", "/containers/" + isolated + "/start", "").body())
        .contains("refuses the files of an image");
  }

  @Test
  void aProgramThatIsNotCalledAsRuncIsNotTakenForOne() throws Exception {
    RealRunc.assumeIsHere();
    daemon.end();
    assertThatIOException()
        .isThrownBy(() -> new TestDaemon(root, true, "/bin/ls"))
        .withMessageContaining("/bin/ls is not called as runc is");
    daemon = new TestDaemon(root, true);
  }
}
