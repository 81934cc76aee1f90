package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.groundhog.pouch.Await;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes by the real runc, below the parent that they have in the daemon.
class RuncRuntimeTest {
  private static final List<String> SLEEP = List.of("/bin/busybox", "sleep", "1000");

  @TempDir Path folder;
  private final String id = "groundhog-test-" + java.util.UUID.randomUUID();
  private RuncRuntime runtime;
  private Parents parents;
  private Path container;
  private Path layer;

  @BeforeEach
  void start() throws Exception {
    RealRunc.assumeIsHere();
    runtime = RuncRuntime.open(RealRunc.RUNC.toString(), folder.resolve("runc"));
    parents = Parents.in(folder.resolve("parents"));
    container = Files.createDirectory(folder.resolve("container"));
    layer = folder.resolve("layer");
    for (String name : List.of("bin", "etc")) {
      Files.createDirectories(layer.resolve(name));
    }
    Files.copy(RealRunc.BUSYBOX, layer.resolve("bin/busybox"));
    Files.createSymbolicLink(layer.resolve("bin/sh"), Path.of("busybox"));
    Files.writeString(layer.resolve("etc/passwd"), "adam:x:1001:1002:Adam:/home/adam:/bin/sh\n");
  }

  @AfterEach
  void end() throws Exception {
    if (runtime != null) {
      runtime.clean(id, container);
      new Launched(container).killAll();
    }
  }

  private static ContainerConfig config(ProcessConfig process) {
    return new ContainerConfig(
        "busybox",
        "sha256:x",
        process,
        new HostConfig(List.of(), 0, 0, HostConfig.Network.NONE, false),
        "",
        Map.of(),
        Map.of(),
        "SIGTERM",
        10,
        false);
  }

  private static ProcessConfig command(List<String> command, String user, boolean isTerminal) {
    return command(command, user, isTerminal, ProcessConfig.Input.NONE);
  }

  private static ProcessConfig command(
      List<String> command, String user, boolean isTerminal, ProcessConfig.Input input) {
    return new ProcessConfig(command, List.of(), List.of("A=b"), "", user, isTerminal, input);
  }

  private long run(ProcessConfig process) throws IOException, InterruptedException {
    return parents.start(runtime.launch(id, config(process), container, List.of(layer)));
  }

  private Path exec(String execId, ProcessConfig process) throws IOException, InterruptedException {
    Path execFolder = Files.createDirectories(container.resolve("execs").resolve(execId));
    ContainerConfig first = config(command(SLEEP, "", false));
    assertThat(parents.start(runtime.exec(id, first, container, process, execId, execFolder)))
        .isPositive();
    return execFolder;
  }

  private int awaitExit(String processId) throws Exception {
    return Await.first("the end of " + processId, () -> parents.end(processId)).code();
  }

  private static List<String> sh(String script) {
    return List.of("sh", "-c", script);
  }

  @Test
  void aFurtherProcessIsInTheContainerAndItsExitCodeIsKept() throws Exception {
    long first = run(command(SLEEP, "", false));
    Path execFolder =
        exec(
            "one",
            command(sh("busybox id; echo $A $HOSTNAME; echo no >&2; exit 4"), "adam", false));
    assertThat(awaitExit("one")).isEqualTo(4);
    assertThat(Files.readString(execFolder.resolve("stdout.raw")))
        .isEqualTo("uid=1001(adam) gid=1002 groups=1002\nb " + ContainerRuntime.shortId(id) + "\n");
    assertThat(Files.readString(execFolder.resolve("stderr.raw"))).isEqualTo("no\n");
    assertThat(runtime.processes(id, first)).containsExactly(first);
    runtime.signal(id, first, Signals.number("KILL"));
    assertThat(awaitExit(id)).isEqualTo(137);
    runtime.signal(id, first, Signals.number("KILL"));
    assertThat(runtime.processes(id, first)).isEmpty();
  }

  @Test
  void oneThatIsMissingIsSaidInDockersWords() throws Exception {
    run(command(SLEEP, "", false));
    Path execFolder = Files.createDirectories(container.resolve("execs/none"));
    ContainerConfig first = config(command(SLEEP, "", false));
    Launch launch =
        runtime.exec(id, first, container, command(List.of("nope"), "", false), "none", execFolder);
    assertThatIOException().isThrownBy(() -> parents.start(launch));
    assertThat(runtime.failure(execFolder))
        .isEqualTo(
            "OCI runtime exec failed: exec failed: unable to start container process: exec:"
                + " \"nope\": executable file not found in $PATH: unknown");
  }

  @Test
  void aTerminalIsOfTheContainerAndHasASizeThatChanges() throws Exception {
    run(
        command(
            List.of(
                "sh",
                "-c",
                "busybox tty; echo $TERM; trap 'busybox stty size; exit 5' WINCH; echo ready;"
                    + " while true; do busybox sleep 0.1; done"),
            "",
            true));
    awaitText(container.resolve("stdout.raw"), "ready");
    String tty = Files.readString(container.resolve("tty")).strip();
    assertThat(ShortCommand.run(List.of("stty", "-F", tty, "rows", "33", "cols", "101")).isDone())
        .isTrue();
    assertThat(awaitExit(id)).isEqualTo(5);
    assertThat(Files.readString(container.resolve("stdout.raw")))
        .isEqualTo("/dev/pts/0\r\nxterm\r\nready\r\n33 101\r\n");
  }

  @Test
  void whatIsWrittenToItsInputArrivesAndSoDoesItsEnd() throws Exception {
    run(command(List.of("sh", "-c", "busybox cat; echo end"), "", false, ProcessConfig.Input.OPEN));
    try (OutputStream in = Files.newOutputStream(container.resolve("stdin"))) {
      in.write("hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      in.flush();
      awaitText(container.resolve("stdout.raw"), "hello");
    }
    ProcessHandle.of(Long.parseLong(Files.readString(container.resolve("stdin.holder")).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
    assertThat(awaitExit(id)).isZero();
    assertThat(Files.readString(container.resolve("stdout.raw"))).isEqualTo("hello\nend\n");
  }

  @Test
  void noMountIsLeftWhoeverIsKilled() throws Exception {
    long first = run(command(SLEEP, "", false));
    ProcessHandle runc = ProcessHandle.of(first).flatMap(ProcessHandle::parent).orElseThrow();
    runc.parent().orElseThrow().destroyForcibly();
    runc.destroyForcibly();
    runtime.clean(id, container);
    assertThat(ProcessStart.of(first)).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
    Folders.delete(container);
    assertThat(container).doesNotExist();
  }

  private static void awaitText(Path file, String text) throws Exception {
    Await.until(
        "printed: " + text, () -> Files.exists(file) && Files.readString(file).contains(text));
  }
}
