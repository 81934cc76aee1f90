package dev.groundhog.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExecServerTest {
  private static final String GREETING = "listening on http://127.0.0.1:";

  private Jvm server;
  private int port;

  @BeforeEach
  void start() throws IOException {
    server = Jvm.start(ExecServer.class);
    String line = server.line();
    assertThat(line).startsWith(GREETING);
    port = Integer.parseInt(line.substring(GREETING.length()));
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  @Test
  void aCommandsOutputIsTheAnswer() throws Exception {
    assertThat(get("/exec?cmd=echo&args=hello+ground%68og"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\nhello groundhog\n");
    assertThat(Jvm.becomes(() -> server.errors().contains("finish /exec?cmd=echo&args=hello+")))
        .isTrue();
  }

  @Test
  void outputAndErrorsComeTogether() throws Exception {
    Path script = Files.createTempFile("both", ".sh");
    Files.writeString(script, "echo out; echo err >&2");
    assertThat(get("/exec?cmd=sh&args=" + script)).endsWith("\r\n\r\nout\nerr\n");
    Files.delete(script);
  }

  @Test
  void aCommandWithoutOutputAnswersNothing() throws Exception {
    assertThat(get("/exec?cmd=true")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
  }

  @Test
  void aCommandThatFailsAnswers500AndItsStatus() throws Exception {
    assertThat(get("/exec?cmd=false"))
        .startsWith("HTTP/1.1 500 ")
        .endsWith("\r\n\r\nexit status 1");
  }

  @Test
  void aCommandThatDoesNotExistAnswers500AndWhy() throws Exception {
    assertThat(get("/exec?cmd=no-such-command"))
        .startsWith("HTTP/1.1 500 ")
        .contains("no-such-command");
    assertThat(get("/exec")).startsWith("HTTP/1.1 500 ").endsWith("no command");
  }

  @Test
  void aCommandThatNeverStopsPrintingIsEnded() throws Exception {
    String word = UUID.randomUUID().toString();
    assertThat(get("/exec?cmd=yes&args=" + word)).endsWith("more than 16777216 bytes of output");
    assertThat(Jvm.becomes(() -> isGone("yes", word))).isTrue();
  }

  @Test
  void aClientThatLeavesLeavesItsHandlerBehindUntilTheCommandEnds() throws Exception {
    try (Socket client = ask("/exec?cmd=sleep&args=6", "Host: localhost\r\n")) {
      TimeUnit.MILLISECONDS.sleep(300);
      assertThat(client.isConnected()).isTrue();
    }
    assertThat(Jvm.becomes(() -> server.stacks().contains("ExecServer.exec("))).isTrue();
    TimeUnit.MILLISECONDS.sleep(1_000);
    assertThat(server.stacks()).contains("ExecServer.exec(").contains("ExecServer.combinedOutput(");
    assertThat(server.errors()).doesNotContain("finish");

    assertThat(Jvm.becomes(() -> server.errors().contains("finish /exec?cmd=sleep&args=6")))
        .isTrue();
    assertThat(Jvm.becomes(() -> !server.stacks().contains("ExecServer.exec("))).isTrue();
  }

  @Test
  void aForeignHostOriginOrSiteIsRefusedAndNothingRuns() throws Exception {
    Path made = Path.of(System.getProperty("java.io.tmpdir"), "made-" + UUID.randomUUID());
    String path = "/exec?cmd=touch&args=" + made;
    for (String headers :
        new String[] {
          "Host: evil.example\r\n",
          "Host: localhost\r\nHost: localhost\r\n",
          "Host: localhost\r\norigin: http://evil.example\r\n",
          "Host: localhost\r\nSEC-FETCH-SITE: cross-site\r\n"
        }) {
      try (Socket client = ask(path, headers)) {
        assertThat(answer(client)).as(headers).startsWith("HTTP/1.1 403 ");
      }
    }
    assertThat(made).doesNotExist();
    assertThat(server.errors()).doesNotContain("finish");
  }

  @Test
  void anotherUsersPeerIsRefused() throws Exception {
    assertThat(
            asNobody(
                "curl -s -m 5 -o /dev/null -w %{http_code} http://127.0.0.1:"
                    + port
                    + "/exec?cmd=true"))
        .isEqualTo("403");
  }

  /// Its socket has uid 0 in the kernel's table by then.
  @Test
  void anotherUsersPeerThatClosesAtOnceDoesNotPassForRoot() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash here");
    Path folder = Files.createTempDirectory("made");
    Path made = folder.resolve("made");
    String request =
        "GET /exec?cmd=touch&args=" + made + " HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n";
    // The server is stopped meanwhile, so that it surely looks after the close.
    signal("STOP");
    asNobody(
        "/bin/bash",
        "-c",
        "exec 3<>/dev/tcp/127.0.0.1/" + port + "; printf '" + request + "' >&3; exec 3>&-");
    signal("CONT");
    assertThat(get("/exec?cmd=true")).startsWith("HTTP/1.1 200 ");
    TimeUnit.MILLISECONDS.sleep(1_000);
    assertThat(made).doesNotExist();
    Files.delete(folder);
  }

  @Test
  void sigtermLeavesNoChildNorOrphan() throws Exception {
    String seconds = Integer.toString(100_000 + (int) (System.nanoTime() % 800_000));
    Path script = Files.createTempFile("orphan", ".sh");
    Files.writeString(script, "(sleep " + seconds + ".5 &) ; sleep " + seconds + ".5");
    Path orphan = Files.createTempFile("orphan", ".sh");
    Files.writeString(orphan, "sleep " + seconds + ".7 &");
    try (Socket one = ask("/exec?cmd=sleep&args=" + seconds, "Host: localhost\r\n");
        Socket two = ask("/exec?cmd=sh&args=" + script, "Host: localhost\r\n");
        Socket three = ask("/exec?cmd=sh&args=" + orphan, "Host: localhost\r\n")) {
      assertThat(Jvm.becomes(() -> sleepers(seconds) == 4)).isTrue();
      assertThat(one.isConnected() && two.isConnected() && three.isConnected()).isTrue();
      server.process().destroy();
      assertThat(server.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(Jvm.becomes(() -> sleepers(seconds) == 0)).isTrue();
    }
    Files.delete(script);
    Files.delete(orphan);
  }

  @Test
  void controlCharactersDoNotReachTheLog() {
    assertThat(ExecServer.harmless("/a\n\u001b[31m\u009b\u007f/ü")).isEqualTo("/a??[31m??/ü");
  }

  private String get(String path) throws IOException {
    try (Socket client = ask(path, "Host: 127.0.0.1:" + port + "\r\n")) {
      return answer(client);
    }
  }

  private Socket ask(String path, String headers) throws IOException {
    Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    client.setSoTimeout(30_000);
    String request = "GET " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return client;
  }

  private static String answer(Socket client) throws IOException {
    return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void signal(String name) throws Exception {
    run("kill", "-" + name, Long.toString(server.process().pid()));
  }

  private static String asNobody(String blankSeparated) throws Exception {
    return asNobody(blankSeparated.split(" "));
  }

  private static String asNobody(String... command) throws Exception {
    Path setpriv = Path.of("/usr/bin/setpriv");
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    assumeTrue(isRoot && Files.isExecutable(setpriv), "only root, with setpriv, is another user");
    String[] all = new String[command.length + 4];
    System.arraycopy(
        new String[] {setpriv.toString(), "--reuid=65534", "--regid=65534", "--clear-groups"},
        0,
        all,
        0,
        4);
    System.arraycopy(command, 0, all, 4, command.length);
    return run(all);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static long sleepers(String seconds) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").matches(".*sleep " + seconds + "(\\.\\d)?"))
        .count();
  }

  private static boolean isGone(String command, String word) {
    return ProcessHandle.allProcesses()
        .noneMatch(p -> p.info().commandLine().orElse("").endsWith(command + " " + word));
  }
}
