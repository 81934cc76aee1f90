package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.run.ProcessStart;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Ends that are hard to see: nobody waits for ever for one, and nothing runs that nobody knows.
class LostEndsTest {
  private static final Map<String, Object> OUTPUT =
      Map.of("AttachStdout", true, "AttachStderr", true);

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @TempDir Path folder;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(folder.resolve("root"), true);
  }

  @AfterEach
  void end() throws Exception {
    clients.close();
    daemon.close();
  }

  private Path folder(String container) {
    return folder.resolve("root").resolve("containers").resolve(container);
  }

  @Test
  void anEndThatCannotBeStoredIsToldNevertheless() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Files.createDirectories(folder(id).resolve("container.json.new").resolve("in the way"));
    CompletableFuture<Integer> end = later(() -> daemon.exitCode(id));
    assertThat(daemon.post("/containers/" + id + "/kill")).isEqualTo(204);
    assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(137);
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private <T> CompletableFuture<T> later(Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        clients);
  }

  @Test
  void anEndThatCannotBeNotedIsTriedAgainButNotWithoutPause() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    AtomicInteger said = new AtomicInteger();
    Logger logger = Logger.getLogger("dev.groundhog.pouch.internal.engine.Endings");
    Handler counting =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            said.incrementAndGet();
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(counting);
    logger.setUseParentHandlers(false);
    Path log = folder(id).resolve("json.log");
    try {
      Files.deleteIfExists(log);
      Files.createDirectories(log.resolve("in the way"));
      daemon.run("exec sleep 1000", Map.of());
      Path raw = folder(id).resolve("stdout.raw");
      Files.writeString(raw, "printed\n");
      assertThat(daemon.post("/containers/" + id + "/kill")).isEqualTo(204);
      Await.until("what is said of it", () -> said.get() > 0);
      Thread.sleep(2_000);
      assertThat(said.get()).isEqualTo(1);
      Files.delete(log.resolve("in the way"));
      Files.delete(log);
      Await.until("its end", () -> !isRunning(id));
      assertThat(daemon.exitCode(id)).isEqualTo(137);
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(counting);
    }
  }

  private boolean isRunning(String id) throws Exception {
    return daemon.get("/containers/" + id + "/json").path("State").path("Running").asBoolean();
  }

  @Test
  void anEndThatItsParentCouldNotWriteIsAnEnd() throws Exception {
    String id = daemon.run("exec sleep 1000", Map.of());
    Path end = folder.resolve("root").resolve("parents").resolve("ends").resolve(id);
    long pid = daemon.get("/containers/" + id + "/json").path("State").path("Pid").asLong();
    CompletableFuture<Integer> code = later(() -> daemon.exitCode(id));
    Files.createFile(end); // the disk was full
    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(255);
    Await.until(
        "the death of what has ended for all that is known", () -> ProcessStart.of(pid).isEmpty());
  }

  private String createExec(String container, String script) throws Exception {
    Map<String, Object> body = new HashMap<>(OUTPUT);
    body.put("Cmd", List.of("sh", "-c", script));
    return daemon.createExec(container, body);
  }

  @Test
  void anExecWhoseClientLeavesAtItsStartEndsToo() throws Exception {
    String container = daemon.run("exec sleep 1000", Map.of());
    List<String> execs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String exec = createExec(container, "exit 3");
      execs.add(exec);
      try (TestDaemon.Client client = daemon.startExec(exec)) {
        Thread.sleep(3L * i);
        client.reset();
      }
    }
    for (String exec : execs) {
      assertThat(awaitExitCode(exec)).as("one whose client has left goes on").isEqualTo(3);
    }
    for (String exec : execs) {
      awaitNone(folder(container).resolve("execs").resolve(exec));
      awaitNone(folder.resolve("root").resolve("parents").resolve("ends").resolve(exec));
    }
  }

  private int awaitExitCode(String exec) throws Exception {
    return Await.first(
            "the end of " + exec,
            () ->
                Optional.of(daemon.get("/exec/" + exec + "/json").path("ExitCode"))
                    .filter(code -> !code.isNull()))
        .asInt();
  }

  private static void awaitNone(Path path) throws Exception {
    Await.until("the removal of " + path, () -> !Files.exists(path));
  }

  @Test
  void anExecWhoseParentIsKilledEndsToo() throws Exception {
    String container = daemon.run("exec sleep 1000", Map.of());
    String exec = createExec(container, "echo here; exec sleep 1000");
    try (TestDaemon.Client client = daemon.startExec(exec)) {
      assertThat(client.frames(1, 5)).isEqualTo("here\n");
      Path parent = folder(container).resolve("execs").resolve(exec).resolve("parent");
      kill(Long.parseLong(Files.readString(parent).split(" ", -1)[1]));
      kill(daemon.get("/exec/" + exec + "/json").path("Pid").asLong());
      assertThat(client.text(1)).isEmpty();
    }
    assertThat(awaitExitCode(exec)).isEqualTo(255);
  }

  @Test
  void theInputOfAnExecWhoseClientLeavesAtItsStartIsAtItsEnd() throws Exception {
    String container = daemon.run("exec sleep 1000", Map.of());
    Map<String, Object> wanted = new HashMap<>(OUTPUT);
    wanted.put("AttachStdin", true);
    wanted.put("Cmd", List.of("cat"));
    List<String> execs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String exec = daemon.createExec(container, wanted);
      execs.add(exec);
      try (TestDaemon.Client client = daemon.startExec(exec)) {
        Thread.sleep(2L * i);
        client.reset();
      }
    }
    for (String exec : execs) {
      assertThat(awaitExitCode(exec)).as("one that reads its end").isZero();
    }
  }

  @Test
  void ofOneThatIsRemovedByForceNoEndIsLeft() throws Exception {
    Path ends = folder.resolve("root").resolve("parents").resolve("ends");
    for (int i = 0; i < 20; i++) {
      String id = daemon.run("exec sleep 1000", Map.of());
      assertThat(daemon.send("DELETE", "/containers/" + id + "?force=1", "").statusCode())
          .isEqualTo(204);
    }
    awaitEmpty(ends);
  }

  private static void awaitEmpty(Path folder) throws Exception {
    Await.until(folder + " without files", () -> isEmpty(folder));
  }

  private static boolean isEmpty(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  @Test
  void oneThatIsRemovedWhileItIsStartedDoesNotRunOn() throws Exception {
    for (int i = 0; i < 16; i++) {
      boolean isForced = i % 2 == 0;
      String command = unique("sleep " + (100 + i));
      String id = daemon.create("exec " + command, Map.of());
      CompletableFuture<Integer> start = later(() -> daemon.post("/containers/" + id + "/start"));
      Thread.sleep(2L * i);
      int removed =
          daemon
              .send("DELETE", "/containers/" + id + (isForced ? "?force=1" : ""), "")
              .statusCode();
      String codes = removed + " " + start.get(60, TimeUnit.SECONDS);
      assertThat(codes)
          .isIn(isForced ? List.of("204 404", "204 204") : List.of("204 404", "409 204"));
      if (removed == 204) {
        awaitNoProcess(command);
      } else {
        assertThat(isProcess(command)).isTrue();
      }
    }
  }

  /// Of those of all tests on this machine.
  private static String unique(String sleep) {
    return sleep + "." + System.nanoTime();
  }

  private static boolean isProcess(String commandLine) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .anyMatch(known -> known.endsWith(commandLine));
  }

  @Test
  void oneThatRemovesItselfCanBeRemovedByForceToo() throws Exception {
    for (int i = 0; i < 10; i++) {
      String id = daemon.run("exec sleep 1000", Map.of("HostConfig", Map.of("AutoRemove", true)));
      assertThat(daemon.send("DELETE", "/containers/" + id + "?force=1", "").statusCode())
          .isEqualTo(204);
      assertThat(daemon.send("GET", "/containers/" + id + "/json", "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void oneWhoseStartCannotBeNotedDoesNotRunOn() throws Exception {
    String command = unique("sleep 300");
    String id = daemon.create("exec " + command, Map.of());
    Path inTheWay = folder(id).resolve("container.json.new");
    Files.createDirectories(inTheWay.resolve("in the way"));
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(500);
    awaitNoProcess(command);
    assertThat(isRunning(id)).isFalse();
    Files.delete(inTheWay.resolve("in the way"));
    Files.delete(inTheWay);
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(isRunning(id)).isTrue();
  }

  private static void awaitNoProcess(String commandLine) throws Exception {
    Await.until("the end of " + commandLine, () -> !isProcess(commandLine));
  }

  @Test
  void oneWhosePidCannotBeWrittenDoesNotRun() throws Exception {
    String command = unique("sleep 301");
    String id = daemon.create("exec " + command, Map.of());
    Files.createDirectories(folder(id).resolve("leader.new").resolve("in the way"));
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(500);
    awaitNoProcess(command);
  }

  @Test
  void ofOneWhoseClientLeavesAtItsCreationAllIsThereOrNothing() throws Exception {
    String body = "{\"Image\":\"busybox\",\"Cmd\":[\"true\"]}";
    for (int i = 0; i < 40; i++) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), URI.create(daemon.url()).getPort())) {
        socket.setSoLinger(true, 0);
        String request =
            "POST /v1.24/containers/create HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        Thread.sleep(i % 8);
      }
    }
    Await.until("a folder for each container", () -> folders().equals(containers()));
    assertThat(folder(".unfinished")).isEmptyDirectory();
  }

  private List<String> containers() throws Exception {
    return daemon
        .get("/containers/json?all=1")
        .valueStream()
        .map(container -> container.path("Id").asString())
        .sorted()
        .toList();
  }

  private List<String> folders() throws Exception {
    try (Stream<Path> folders = Files.list(folder.resolve("root").resolve("containers"))) {
      return folders
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.equals(".unfinished"))
          .sorted()
          .toList();
    }
  }

  @Test
  void oneThatIsTooLongInStartingHoldsUpNoListAndIsGivenUp() throws Exception {
    String id = daemon.create("exit 3", Map.of());
    Process fifo =
        new ProcessBuilder("mkfifo", folder(id).resolve("leader.new").toString()).start();
    assertThat(fifo.waitFor()).isZero();
    CompletableFuture<Integer> start = later(() -> daemon.post("/containers/" + id + "/start"));
    Await.until("its parent", () -> Files.exists(folder(id).resolve("parent")));
    CompletableFuture<JsonNode> list = later(() -> daemon.get("/containers/json?all=1"));
    assertThat(list.get(10, TimeUnit.SECONDS).size()).isEqualTo(1);
    assertThat(start).isNotDone();
    long parent = Long.parseLong(Files.readString(folder(id).resolve("parent")).split(" ", -1)[1]);
    assertThat(start.get(60, TimeUnit.SECONDS)).isEqualTo(500);
    Await.until("the end of its parent", () -> ProcessHandle.of(parent).isEmpty());
    assertThat(folder.resolve("root").resolve("parents").resolve("ends").resolve(id))
        .doesNotExist();
  }

  @Test
  void aProcessWhoseNameIsNoTextIsKnownAgain() throws Exception {
    String id =
        daemon.run(
            "printf '\\377' > /proc/self/comm; echo named; while true; do sleep 0.1; done",
            Map.of());
    String log = "/containers/" + id + "/logs?stdout=1";
    Await.until("its name", () -> daemon.send("GET", log, "").body().contains("named"));
    assertThat(daemon.post("/containers/" + id + "/kill")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(137);
  }
}
