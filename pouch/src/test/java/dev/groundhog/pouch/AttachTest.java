package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are connected with a container's streams.
class AttachTest {
  private static final Map<String, Object> NO_INPUT = Map.of();
  private static final Map<String, Object> ONCE = Map.of("OpenStdin", true, "StdinOnce", true);
  private static final Map<String, Object> OPEN = Map.of("OpenStdin", true);
  private static final String OUTPUT = "stdout=1&stderr=1";
  private static final String ALL = "stdin=1&" + OUTPUT;

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

  @Test
  void whoIsThereBeforeTheStartSeesTheFirstByteAndAllOfBothStreams() throws Exception {
    String id = daemon.create("printf prompt; printf err >&2; exit 7", NO_INPUT);
    try (TestDaemon.Client client = daemon.attach(id, OUTPUT)) {
      assertThat(client.head).startsWith("HTTP/1.1 101 ").contains("Upgrade: tcp");
      client.endInput(); // as the docker command does at once
      daemon.post("/containers/" + id + "/start");
      assertThat(client.text(1)).isEqualTo("prompt");
    }
    assertThat(daemon.exitCode(id)).isEqualTo(7);
  }

  @Test
  void aPromptComesAtOnceThoughItsLineHasNoEnd() throws Exception {
    String id = daemon.create("printf 'name? '; read name; echo \"hello $name\"", ONCE);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      daemon.post("/containers/" + id + "/start");
      assertThat(client.frames(1, 6)).isEqualTo("name? ");
      client.write("marmot\n");
      assertThat(client.text(1)).isEqualTo("hello marmot\n");
    }
  }

  @Test
  void theEndOfTheFirstClientsInputIsTheContainersAndItsOutputStillComes() throws Exception {
    String id = daemon.create("cat; sleep 0.2; echo end; exit 3", ONCE);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      daemon.post("/containers/" + id + "/start");
      client.write("all of it\n");
      client.endInput();
      assertThat(client.text(1)).isEqualTo("all of it\nend\n");
    }
    assertThat(daemon.exitCode(id)).isEqualTo(3);
  }

  @Test
  void aFirstClientThatIsLostEndsTheContainersInputToo() throws Exception {
    String id = daemon.run("cat; exit 8", ONCE);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      client.write("x\n");
      assertThat(client.frames(1, 2)).isEqualTo("x\n");
      client.reset();
    }
    assertThat(daemon.exitCode(id)).isEqualTo(8);
  }

  @Test
  void aFirstClientThatIsLostBeforeTheStartEndsTheContainersInputToo() throws Exception {
    Await.until("the end of other tests' clients", () -> !isPumping());
    String id = daemon.create("cat; exit 5", ONCE);
    try (TestDaemon.Client client = daemon.attach(id, "stdin=1&stdout=1")) {
      Await.until("one who waits for the start", AttachTest::isPumping);
      client.reset();
    }
    Await.until("the end of that", () -> !isPumping());
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(5);
  }

  /// Whether there is a thread that passes on what a client types.
  private static boolean isPumping() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Stream::of)
        .anyMatch(frame ->
            frame.getClassName().endsWith(".ClientInput") && frame.getMethodName().equals("pump"));
  }

  @Test
  void aClientThatWritesOnWhenTheContainerHasEndedStillGetsAllOfItsOutput() throws Exception {
    String id = daemon.create("head -c 1 > /dev/null; seq 1 2000", ONCE);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      daemon.post("/containers/" + id + "/start");
      Thread writer = Thread.ofVirtual().start(() -> writeInVain(client, "x".repeat(1 << 20)));
      assertThat(client.text(1)).endsWith("1999\n2000\n");
      client.reset();
      writer.join();
    }
  }

  @Test
  void oneThatStaysOpenOutlivesItsClientsInput() throws Exception {
    String id = daemon.run("cat", OPEN);
    try (TestDaemon.Client first = daemon.attach(id, ALL)) {
      first.write("one\n");
      assertThat(first.frames(1, 4)).isEqualTo("one\n");
      first.endInput();
      assertThat(first.text(1)).isEmpty(); // let go, as by Docker
    }
    try (TestDaemon.Client second = daemon.attach(id, ALL)) {
      second.write("two\n");
      assertThat(second.frames(1, 4)).isEqualTo("two\n");
    }
    assertThat(daemon.get("/containers/" + id + "/json").path("State").path("Running").asBoolean())
        .isTrue();
  }

  @Test
  void whoComesLaterSeesWhatWasPrintedOnceIfItAsks() throws Exception {
    String id = daemon.run("echo before; printf half; read line; echo \"$line\"", ONCE);
    awaitLog(id, "before");
    try (TestDaemon.Client client = daemon.attach(id, ALL + "&logs=1");
        TestDaemon.Client other = daemon.attach(id, OUTPUT)) {
      assertThat(client.frames(1, 11)).isEqualTo("before\nhalf");
      client.write("more\n");
      assertThat(client.text(1)).isEqualTo("more\n");
      assertThat(other.text(1)).endsWith("more\n").doesNotContain("before");
    }
  }

  private void awaitLog(String id, String text) throws Exception {
    String log = "/containers/" + id + "/logs?stdout=1&tail=5";
    Await.until("printed: " + text, () -> daemon.send("GET", log, "").body().contains(text));
  }

  /// The raw file is given back to the disk behind the log, a megabyte at a time.
  @Test
  void aSlowReaderGetsEachByteThoughTheLogIsFarAhead() throws Exception {
    int lines = 400_000;
    String id = daemon.create("seq 1 " + lines, NO_INPUT);
    StringBuilder wanted = new StringBuilder();
    for (int i = 1; i <= lines; i++) {
      wanted.append(i).append('\n');
    }
    try (TestDaemon.Client client = daemon.attach(id, OUTPUT)) {
      daemon.post("/containers/" + id + "/start");
      awaitLog(id, lines + "\n");
      assertThat(client.rest(1)).isEqualTo(wanted.toString().getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(daemon.exitCode(id)).isZero();
  }

  @Test
  void whoAsksForNoUpgradeGetsTheSameBytesAsABody() throws Exception {
    String id = daemon.create("echo plain", NO_INPUT);
    try (TestDaemon.Client client = daemon.attachWithoutUpgrade(id, OUTPUT)) {
      assertThat(client.head)
          .startsWith("HTTP/1.1 200 ")
          .contains("application/vnd.docker.raw-stream")
          .doesNotContain("Content-Length", "chunked");
      daemon.post("/containers/" + id + "/start");
      assertThat(client.text(1)).isEqualTo("plain\n");
    }
  }

  /// Also where other handlers are told to go on: hijacked connections were never watched by Pouch.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsLeftOfClientsThatLeaveAtAnyMoment(boolean cancelOnDisconnect) throws Exception {
    daemon.close();
    daemon = new TestDaemon(folder.resolve("other"), cancelOnDisconnect);
    String deaf = daemon.run("exec sleep 1000", OPEN);
    String loud = daemon.run("while :; do echo loud; sleep 0.01; done", NO_INPUT);
    String waiting = daemon.create("true", ONCE);
    long descriptors = descriptors();
    Random random = new Random(42);
    String megabyte = "x".repeat(1 << 20);
    for (int i = 0; i < 60; i++) {
      TestDaemon.Client client =
          daemon.attach(List.of(deaf, loud, waiting).get(i % 3), i % 2 == 0 ? ALL : OUTPUT);
      Thread writer = Thread.ofVirtual().unstarted(() -> writeInVain(client, megabyte));
      if (i % 3 == 0) {
        writer.start(); // more than the container's pipe can hold
      }
      Thread.sleep(random.nextInt(20));
      client.reset();
      writer.interrupt();
    }
    awaitNothingLeft(descriptors);
  }

  private static void writeInVain(TestDaemon.Client client, String text) {
    try {
      client.write(text);
    } catch (IOException _) {
      // it has left meanwhile
    }
  }

  private void awaitNothingLeft(long descriptors) throws Exception {
    List<String> left = List.of();
    for (int i = 0; i < 3_000; i++) {
      left = left(descriptors);
      if (left.isEmpty()) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("left: " + left);
  }

  private List<String> left(long descriptors) throws Exception {
    List<String> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("pouch-input")) {
        left.add(thread.getName());
      }
    }
    String dump = daemon.stacks();
    if (dump.contains("JettyDuplex.serve")) {
      left.add(dump);
    }
    long now = descriptors();
    if (now > descriptors + 5) {
      left.add(now + " descriptors, there were " + descriptors);
    }
    return left;
  }

  private static long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  @Test
  void aTerminalHasASizeAndLetsGoByItsKeys() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")), "terminals are made by script(1)");
    String id =
        daemon.create(
            "read line; stty size; read line; echo \"last $line\"; exit 4",
            Map.of("OpenStdin", true, "StdinOnce", true, "Tty", true));
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      daemon.post("/containers/" + id + "/start");
      assertThat(daemon.post("/containers/" + id + "/resize?h=33&w=77")).isEqualTo(200);
      client.write("size\n");
      assertThat(until(client, "33 77\r\n")).endsWith("33 77\r\n");
      client.write("x\u0010\u0011lost\n");
      while (client.raw().read() >= 0) {
        // what it still says
      }
    }
    try (TestDaemon.Client again = daemon.attach(id, ALL)) {
      again.write("y\n");
      assertThat(until(again, "last xy\r\n")).endsWith("last xy\r\n");
    }
    assertThat(daemon.exitCode(id)).isEqualTo(4);
    assertThat(daemon.send("GET", "/containers/" + id + "/logs?stdout=1", "").body())
        .endsWith("last xy\r\n")
        .doesNotContain("\u0001");
  }

  private static String until(TestDaemon.Client client, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (!text.toString().endsWith(end)) {
      int next = client.raw().read();
      if (next < 0) {
        throw new AssertionError("ended: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Test
  void topShowsItsProcessesAndNoOthers() throws Exception {
    String id = daemon.run("sleep 1001 & exec sleep 1000", NO_INPUT);
    // Its shell has processes of its own before it becomes the container's.
    List<String> commands =
        Await.first(
            "both of its processes",
            () ->
                Optional.of(commands(id))
                    .filter(all -> all.containsAll(List.of("sleep 1000", "sleep 1001"))));
    assertThat(commands).containsExactlyInAnyOrder("sleep 1000", "sleep 1001");
    assertThat(daemon.send("GET", "/containers/" + id + "/top?ps_args=-eo%20args", "").statusCode())
        .isEqualTo(400);
    assertThat(
            daemon
                .send("GET", "/containers/" + id + "/top?ps_args=-C%20%27%3Bid%27", "")
                .statusCode())
        .isEqualTo(400);
  }

  private List<String> commands(String id) throws Exception {
    return daemon
        .get("/containers/" + id + "/top?ps_args=-eo%20pid,args")
        .path("Processes")
        .valueStream()
        .map(process -> process.get(1).asString())
        .toList();
  }

  @Test
  void whatCannotBeAttachedToIsSaid() throws Exception {
    String id = daemon.create("true", NO_INPUT);
    assertThat(daemon.post("/containers/none/attach?stream=1")).isEqualTo(404);
    assertThat(daemon.post("/containers/" + id + "/attach?stream=1&detachKeys=ctrl-%3F"))
        .isEqualTo(400);
    assertThat(daemon.post("/containers/" + id + "/resize?h=1&w=1")).isEqualTo(409);
    assertThat(daemon.post("/containers/" + id + "/resize?h=1&w=70000")).isEqualTo(400);
    assertThat(daemon.send("GET", "/containers/" + id + "/top", "").statusCode()).isEqualTo(409);
  }

  @Test
  void aStartThatFailsLeavesTheInputToTheNextOne() throws Exception {
    Path later = folder.resolve("later");
    Map<String, Object> settings = new HashMap<>(ONCE);
    settings.put("WorkingDir", later.toString());
    String id = daemon.create("cat; exit 6", settings);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(400);
      assertThat(client.text(1)).isEmpty();
    }
    Files.createDirectory(later);
    try (TestDaemon.Client client = daemon.attach(id, ALL)) {
      assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
      client.write("typed\n");
      client.endInput();
      assertThat(client.text(1)).isEqualTo("typed\n");
    }
    assertThat(daemon.exitCode(id)).isEqualTo(6);
  }

  @Test
  void aTerminalTakesAsLongACommandAsAnyProcess() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")), "terminals are made by script(1)");
    String quoted = "it's 'two\nlines' ";
    String most = quoted + "x".repeat(100_000);
    Map<String, Object> settings =
        Map.of("Tty", true, "Env", List.of("A=" + most, "B=" + most, "C=" + most));
    String id = daemon.create("printf %s \"$A$B$C\" | wc -c; exit 9", settings);
    assertThat(daemon.post("/containers/" + id + "/start")).isEqualTo(204);
    assertThat(daemon.exitCode(id)).isEqualTo(9);
    assertThat(daemon.send("GET", "/containers/" + id + "/logs?stdout=1", "").body())
        .isEqualTo(3 * most.length() + "\r\n");
  }

  @Test
  void theEndOfOneClientsInputIsNotThatOfAnothersOutput() throws Exception {
    String id = daemon.run("cat; echo end; sleep 1; echo later", ONCE);
    try (TestDaemon.Client first = daemon.attach(id, ALL);
        TestDaemon.Client second = daemon.attach(id, ALL)) {
      second.write("x\n");
      assertThat(second.frames(1, 2)).isEqualTo("x\n");
      first.endInput();
      assertThat(second.frames(1, 4)).isEqualTo("end\n");
      second.write("nobody reads this\n");
      assertThat(second.text(1)).isEqualTo("later\n");
    }
  }
}
