package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketOwnerTest {
  @BeforeEach
  void onLinux() {
    assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "there is no /proc/net/tcp here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "::ffff:127.0.0.1", "127.1.2.3"})
  void thePeersUserIsRead(String address) throws IOException {
    InetAddress local = InetAddress.ofLiteral(address);
    try (ServerSocket listener = listen(local);
        Socket client = new Socket(local, listener.getLocalPort());
        Socket accepted = listener.accept()) {
      SocketOwner owner = new SocketOwner();
      assertThat(owner.canTell()).isTrue();
      assertThat(owner.own()).isPresent();
      assertThat(ofPeer(owner, accepted)).isEqualTo(owner.own());
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void aPeerThatOnlyStoppedSendingIsStillTold() throws IOException {
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket listener = listen(local);
        Socket client = new Socket(local, listener.getLocalPort());
        Socket accepted = listener.accept()) {
      client.shutdownOutput();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
      SocketOwner owner = new SocketOwner();
      assertThat(ofPeer(owner, accepted)).isEqualTo(owner.own());
    }
  }

  /// The kernel shows it with uid 0: whoever closes in time would pass for root.
  @Test
  void aPeerThatHasClosedIsNobodys() throws IOException {
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket listener = listen(local)) {
      Socket client = new Socket(local, listener.getLocalPort());
      try (Socket accepted = listener.accept()) {
        client.getOutputStream().write('x');
        client.close();
        assertThat(accepted.getInputStream().readAllBytes()).hasSize(1);
        assertThat(ofPeer(new SocketOwner(), accepted)).isEmpty();
      }
    }
  }

  @Test
  void anotherConnectionOfTheSamePeerPortIsNotTakenForIt(@TempDir Path tables) throws IOException {
    String head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n";
    String row = "   1: 0100007F:C350 %s 01 00000000:00000000 00:00000000 00000000  %d  0 77 1\n";
    Files.writeString(
        tables.resolve("tcp"),
        head + row.formatted("0200007F:1F90", 1001) + row.formatted("0100007F:1F90", 1002));
    SocketOwner owner = new SocketOwner(tables, OptionalLong.of(1000));
    InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 50_000);
    InetSocketAddress local = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);
    assertThat(owner.ofPeer(peer, local)).hasValue(1002);
  }

  /// Many at a time share a reading of the table: each must get its own answer.
  @Test
  void whoAsksAtTheSameTimeIsToldOfTheOwnPeer(@TempDir Path tables) throws Exception {
    int peers = 300;
    StringBuilder rows = new StringBuilder("  sl  local_address rem_address   st\n");
    for (int i = 0; i < peers; i++) {
      rows.append(
          String.format(
              Locale.ROOT,
              "%4d: 0100007F:%04X 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  %d  0 77 1\n",
              i,
              10_000 + i,
              2_000 + i));
    }
    Files.writeString(tables.resolve("tcp"), rows);
    SocketOwner owner = new SocketOwner(tables, OptionalLong.of(1000));
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    InetSocketAddress local = new InetSocketAddress(loopback, 8080);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<OptionalLong>> uids = new ArrayList<>();
      for (int i = 0; i <= peers; i++) {
        InetSocketAddress peer = new InetSocketAddress(loopback, 10_000 + i);
        uids.add(threads.submit(() -> owner.ofPeer(peer, local)));
      }
      for (int i = 0; i < peers; i++) {
        assertThat(uids.get(i).get()).hasValue(2_000 + i);
      }
      assertThat(uids.get(peers).get()).isEmpty();
    }
  }

  @Test
  void withoutTablesNobodyIsTold(@TempDir Path empty) {
    SocketOwner owner = new SocketOwner(empty, OptionalLong.of(1000));
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
    assertThat(owner.canTell()).isFalse();
    assertThat(owner.ofPeer(any, any)).isEmpty();
  }

  private static ServerSocket listen(InetAddress address) throws IOException {
    return new ServerSocket(0, 1, address);
  }

  private static OptionalLong ofPeer(SocketOwner owner, Socket accepted) {
    return owner.ofPeer(
        (InetSocketAddress) accepted.getRemoteSocketAddress(),
        (InetSocketAddress) accepted.getLocalSocketAddress());
  }
}
