package dev.groundhog.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.agent.internal.births.BirthWatch.Mode;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import dev.groundhog.endpoint.Watch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One state for any number of loads, over real sockets.
class DoorsTest {
  private final Watch watch = new Watch(ThisJvm.open());
  private final Doors doors =
      new Doors(
          watch, this::record, this::prove, () -> new DebugEndpoint(watch, List.of("program")));
  private final List<Mode> asked = new ArrayList<>();
  private final List<String> proving = new ArrayList<>();
  private boolean recordsAll;
  private boolean refusesProofs;
  @TempDir private Path folder;

  private Mode record(Mode wanted) {
    asked.add(wanted);
    return recordsAll ? Mode.ALL : wanted;
  }

  private void prove(Optional<Duration> minWait, boolean interrupts) throws IOException {
    if (refusesProofs && minWait.isPresent()) {
      throw new IOException("not here");
    }
    proving.add(minWait.map(Duration::toSeconds) + (interrupts ? " interrupting" : ""));
  }

  @Test
  void leaksAreProvenAllTheTimeIfThatIsAskedFor() throws IOException {
    assertThat(change("prove=continuous")).isEqualTo("not listening; prove=continuous");
    change("min-wait=5,on-proof=interrupt");
    change("prove=off,on-proof=report");

    assertThat(proving)
        .containsExactly("Optional[60]", "Optional[5] interrupting", "Optional.empty");
  }

  @Test
  void whatKeepsLeaksFromBeingProvenIsTold() throws IOException {
    refusesProofs = true;

    assertThat(change("prove=continuous"))
        .isEqualTo("not listening; prove=continuous is refused (not here)");
  }

  @Test
  void nobodyIsInterruptedWithoutProofs() {
    assertThatThrownBy(() -> change("on-proof=interrupt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("on-proof=interrupt needs prove=continuous");
  }

  @AfterEach
  void close() throws IOException {
    change("address=off");
  }

  private String change(String options) throws IOException {
    return doors.change(AgentOptions.parse(options));
  }

  @Test
  void nothingIsOpenThatWasNotAskedFor() throws IOException {
    assertThat(change("peers=any")).isEqualTo("not listening");
  }

  @Test
  void whatIsRecordedIsToldAndKept() throws IOException {
    assertThat(change("births=off")).isEqualTo("not listening; births=off");
    recordsAll = true;
    assertThat(change("births=sample"))
        .isEqualTo("not listening; births=all (tests work with tags)");
    assertThat(change("looks=on")).isEqualTo("not listening; births=all");
    assertThat(asked).containsExactly(Mode.OFF, Mode.SAMPLE, Mode.ALL);
  }

  @Test
  void anotherLoadChangesWhatItNames() throws IOException {
    InetSocketAddress first = tcp(change("address=127.0.0.1:0"));
    Files.writeString(folder.resolve("token"), "secret\nmore\n");
    assertThat(ask(first, "")).startsWith("HTTP/1.1 200");
    assertThat(tcp(change("token-file=" + folder.resolve("token")))).isEqualTo(first);
    assertThat(ask(first, "")).startsWith("HTTP/1.1 401");
    assertThat(ask(first, "Authorization: Bearer secret\r\n")).startsWith("HTTP/1.1 200");
    InetSocketAddress second = tcp(change("address=[::1]:0"));
    assertThat(ask(second, "")).startsWith("HTTP/1.1 401");
    assertThatThrownBy(() -> ask(first, "")).isInstanceOf(IOException.class);
  }

  @Test
  void whatFailsLeavesEverythingAsItWas() throws IOException {
    InetSocketAddress first = tcp(change("address=127.0.0.1:0"));
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> change("address=127.0.0.1:" + other.getLocalPort()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + other.getLocalPort());
    }
    assertThat(doors.failed("no")).isEqualTo("no; still listening on 127.0.0.1:" + first.getPort());
    assertThat(ask(first, "")).startsWith("HTTP/1.1 200");
  }

  @Test
  void anAddressThatOthersCanReachNeedsAToken() {
    assertThatThrownBy(() -> change("address=0.0.0.0:0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("token-file");
  }

  @ParameterizedTest
  @CsvSource({"'', no token", "' \n', no token", "-, no file"})
  void aFileWithoutATokenOpensNothing(String content, String reason) throws IOException {
    Path file = folder.resolve("token");
    if (!content.equals("-")) {
      Files.writeString(file, content);
    }
    assertThatThrownBy(() -> change("address=:0,token-file=" + file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aUnixSocketIsForThisUserUnlessPeersMayBeAny() throws IOException {
    Path socket = folder.resolve("debug.sock");
    assertThat(change("address=unix:" + socket)).isEqualTo("listening on unix:" + socket);
    assertThat(mode(socket)).isEqualTo("rw-------");
    assertThat(ask(UnixDomainSocketAddress.of(socket), "")).startsWith("HTTP/1.1 200");
    change("peers=any");
    assertThat(mode(socket)).isEqualTo("rw-rw-rw-");
    assertThat(ask(UnixDomainSocketAddress.of(socket), "")).startsWith("HTTP/1.1 200");
    change("address=off");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSocketThatNobodyListensAtIsReplacedAndAnythingElseIsKept() throws IOException {
    Path socket = folder.resolve("debug.sock");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket))
        .close();
    assertThat(socket).exists();
    change("address=unix:" + socket);
    assertThat(ask(UnixDomainSocketAddress.of(socket), "")).startsWith("HTTP/1.1 200");
    Path file = Files.writeString(folder.resolve("notes"), "mine");
    assertThatThrownBy(() -> change("address=unix:" + file)).hasMessageContaining("taken");
    assertThat(file).hasContent("mine");
  }

  @Test
  void itLooksWhileItListensUnlessThatIsOff() throws Exception {
    change("address=127.0.0.1:0");
    assertThat(looking()).isEqualTo(1);
    change("looks=off");
    until(0);
    change("looks=on");
    change("peers=any");
    assertThat(looking()).isEqualTo(1);
    change("address=off");
    until(0);
  }

  private static void until(long count) throws InterruptedException {
    for (int attempt = 0; attempt < 100 && looking() != count; attempt++) {
      Thread.sleep(20);
    }
    assertThat(looking()).isEqualTo(count);
  }

  private static long looking() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("groundhog-looks"))
        .count();
  }

  @Test
  void thePortFileTellsWhereItListensAsLongAsItDoes() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "secret");
    InetSocketAddress socket = tcp(change("address=127.0.0.1:0,token-file=" + token));
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    String namespace =
        Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().replaceAll("\\D", "");
    Path file = Path.of("/tmp/groundhog-" + uid, ProcessHandle.current().pid() + "-" + namespace);
    assertThat(Files.readString(file))
        .contains("address=127.0.0.1:" + socket.getPort() + "\n", "token-file=" + token + "\n")
        .doesNotContain("secret");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    Path stale =
        Files.writeString(file.resolveSibling("4194305-" + namespace), "started=1\naddress=:1\n");
    Path foreign = Files.writeString(file.resolveSibling("4194305-1"), "started=1\n");
    PortFile.ofThisJvm();
    assertThat(stale).doesNotExist();
    assertThat(foreign).exists();
    Files.delete(foreign);
    assertThat(file).exists();
    change("address=off");
    assertThat(file).doesNotExist();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static InetSocketAddress tcp(String line) {
    String prefix = "listening on http://";
    assertThat(line).startsWith(prefix);
    Optional<Address> address =
        AgentOptions.parse("address=" + line.substring(prefix.length())).address();
    return ((Address.Tcp) address.orElseThrow()).socket();
  }

  private static String ask(SocketAddress address, String headers) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      String request =
          "GET /debug/pprof/cmdline HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
