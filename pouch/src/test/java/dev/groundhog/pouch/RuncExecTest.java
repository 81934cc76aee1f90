package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.run.ProcessStart;
import dev.groundhog.pouch.internal.run.RealRunc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Further processes in containers of the real runc, when runc itself is killed.
class RuncExecTest {
  @TempDir Path folder;
  private TestDaemon daemon;
  private String container;
  private String exec;
  private long pid;

  @BeforeEach
  void start() throws Exception {
    RealRunc.assumeIsHere();
    daemon = open();
    daemon.load(BusyboxImage.of(0).archive());
    container = daemon.run("exec sleep 1000", Map.of());
    exec = daemon.createExec(container, Map.of("Cmd", List.of("sleep", "2000")));
    assertThat(daemon.send("POST", "/exec/" + exec + "/start", Map.of("Detach", true)).statusCode())
        .isEqualTo(200);
    pid = daemon.get("/exec/" + exec + "/json").path("Pid").asLong();
    assertThat(ProcessStart.of(pid)).isNotEmpty();
  }

  private TestDaemon open() throws Exception {
    return new TestDaemon(folder.resolve("root"), true, RealRunc.RUNC.toString());
  }

  @AfterEach
  void end() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  private void killRunc() {
    ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().destroyForcibly();
  }

  private void awaitItsDeath() throws Exception {
    Await.until(
        "the death of the process that runc has left", () -> ProcessStart.of(pid).isEmpty());
    assertThat(
            daemon
                .get("/containers/" + container + "/json")
                .path("State")
                .path("Running")
                .asBoolean())
        .as("the container runs on")
        .isTrue();
  }

  @Test
  void aProcessWhoseRuncIsKilledEndsWithIt() throws Exception {
    killRunc();
    awaitItsDeath();
    assertThat(daemon.get("/exec/" + exec + "/json").path("ExitCode").asInt()).isEqualTo(137);
  }

  @Test
  void soDoesOneOfTheDaemonBefore() throws Exception {
    daemon.end();
    daemon = open();
    killRunc();
    awaitItsDeath();
  }

  @Test
  void soDoesOneWhoseRuncIsKilledWhileThereIsNoDaemon() throws Exception {
    daemon.end();
    killRunc();
    Path code = folder.resolve("root/parents/ends").resolve(exec);
    try {
      Await.until("the end that its parent notes", () -> Files.exists(code));
    } finally {
      daemon = open(); // which removes them in any case
    }
    awaitItsDeath();
  }
}
