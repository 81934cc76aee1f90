package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.context.Peer.EndOfInput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisconnectWatcherTest {
  private static final int LONG_ENOUGH_MILLIS = 100;

  private final DisconnectWatcher watcher = DisconnectWatcher.shared();
  private final Semaphore gone = new Semaphore(0);

  @BeforeEach
  void needsLinux() {
    Assumptions.assumeTrue(watcher.missing().isEmpty(), watcher.missing());
  }

  private Watch watch(Peer peer, EndOfInput endOfInput) {
    return watcher.watch(peer, endOfInput, gone::release);
  }

  private boolean isTold() throws InterruptedException {
    return gone.tryAcquire(10, TimeUnit.SECONDS);
  }

  private boolean isToldAnyway() throws InterruptedException {
    return gone.tryAcquire(LONG_ENOUGH_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void aClosedConnectionIsToldOnceByChannelAndByAddresses() throws Exception {
    for (boolean byChannel : new boolean[] {true, false}) {
      try (Connection connection = Connection.open();
          Watch watch =
              watch(
                  byChannel ? connection.ofChannel() : connection.ofAddresses(), EndOfInput.GONE)) {
        assertThat(watch.isWatching()).isTrue();
        connection.client().write(ByteBuffer.wrap(new byte[] {1})); // a pipelined request
        assertThat(isToldAnyway()).as("bytes are no end").isFalse();
        connection.client().close();
        assertThat(isTold()).isTrue();
        assertThat(isToldAnyway()).as("twice").isFalse();
      }
    }
  }

  @Test
  void aResetIsToldAlsoWhereHalfCloseIsAllowed() throws Exception {
    for (EndOfInput endOfInput : EndOfInput.values()) {
      try (Connection connection = Connection.open();
          Watch _ = watch(connection.ofAddresses(), endOfInput)) {
        connection.reset();
        assertThat(isTold()).isTrue();
      }
    }
  }

  @Test
  void aResetBeforeTheWatchIsToldAtOnce() throws Exception {
    try (Connection connection = Connection.open()) {
      Peer peer = connection.ofAddresses();
      connection.reset();
      Watch told = watch(peer, EndOfInput.GONE);
      assertThat(gone.tryAcquire()).isTrue();
      assertThat(told.isWatching()).as("it has been noticed").isTrue();
      told.close();
      assertThat(told.isWatching()).isFalse();
    }
  }

  @Test
  void aRequestIsWatchedAlsoWhenItsClientWasNoticedAndNotOnceItIsAnswered() throws Exception {
    try (Connection connection = Connection.open();
        ClientRequest request =
            Disconnects.cancelling().begin(connection.ofAddresses(), "GET", "/")) {
      assertThat(request.isWatched()).isTrue();
      connection.client().close();
      request.context().done().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(request.isWatched()).isTrue();
      request.answered();
      assertThat(request.isWatched()).isFalse();
    }
    try (Connection connection = Connection.open()) {
      Peer peer = connection.ofAddresses();
      connection.reset();
      try (ClientRequest request = Disconnects.cancelling().begin(peer, "GET", "/")) {
        assertThat(request.context().isCancelled()).isTrue();
        assertThat(request.isWatched()).isTrue();
      }
    }
  }

  @Test
  void aHalfCloseMeansGoneUnlessTheServerSaysThatItsClientsStay() throws Exception {
    try (Connection connection = Connection.open();
        Watch _ = watch(connection.ofAddresses(), EndOfInput.STAYS)) {
      connection.client().shutdownOutput();
      assertThat(isToldAnyway()).isFalse();
    }
    try (Connection connection = Connection.open();
        Watch _ = watch(connection.ofAddresses(), EndOfInput.GONE)) {
      connection.client().shutdownOutput();
      assertThat(isTold()).isTrue();
    }
  }

  @Test
  void ofAUnixSocketOnlyItsCloseIsToldWhateverHalfCloseMeans(@TempDir Path folder)
      throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (Connection connection = Connection.open(address);
        Watch _ = watch(connection.ofChannel(), EndOfInput.GONE)) {
      connection.client().shutdownOutput();
      assertThat(isToldAnyway()).isFalse();
      connection.client().close();
      assertThat(isTold()).isTrue();
    }
  }

  @Test
  void nothingIsToldOnceAWatchIsClosedAndTheNextOneIsAsGood() throws Exception {
    try (Connection connection = Connection.open()) {
      for (int request = 0; request < 100; request++) {
        watch(connection.ofAddresses(), EndOfInput.GONE).close();
      }
      connection.client().close();
      assertThat(isToldAnyway()).isFalse();
      try (Watch _ = watch(connection.ofAddresses(), EndOfInput.GONE)) {
        assertThat(isTold()).as("a client that left between two requests").isTrue();
      }
    }
  }

  @Test
  void theNextRequestMayBeginBeforeTheLastOnesWatchIsClosed() throws Exception {
    try (Connection connection = Connection.open()) {
      Semaphore first = new Semaphore(0);
      Watch before = watcher.watch(connection.ofChannel(), EndOfInput.GONE, first::release);
      try (Watch after = watch(connection.ofChannel(), EndOfInput.GONE)) {
        before.close(); // late, as a server may do it
        assertThat(before.isWatching()).isFalse();
        assertThat(after.isWatching()).isTrue();
        connection.client().close();
        assertThat(isTold()).isTrue();
        assertThat(first.availablePermits()).isZero();
      }
    }
  }

  @Test
  void aWatchWithinAnotherIsToldWithItAndLeavesItAsItWas() throws Exception {
    for (EndOfInput inner : EndOfInput.values()) {
      try (Connection connection = Connection.open();
          Watch _ = watch(connection.ofAddresses(), EndOfInput.GONE)) {
        Semaphore within = new Semaphore(0);
        watcher.watch(connection.ofChannel(), inner, within::release).close();
        try (Watch _ = watcher.watch(connection.ofChannel(), inner, within::release)) {
          connection.client().shutdownOutput();
          assertThat(isTold()).as("the outer one").isTrue();
          connection.reset();
          assertThat(within.tryAcquire(10, TimeUnit.SECONDS)).as("the inner one").isTrue();
        }
        assertThat(isToldAnyway()).as("twice").isFalse();
        assertThat(within.availablePermits()).isZero();
      }
    }
  }

  @Test
  void anOuterWatchHearsAgainWhenTheInnerOneIsClosed() throws Exception {
    try (Connection connection = Connection.open();
        Watch _ = watch(connection.ofAddresses(), EndOfInput.GONE)) {
      watcher.watch(connection.ofChannel(), EndOfInput.STAYS, () -> {}).close();
      connection.client().shutdownOutput();
      assertThat(isTold()).isTrue();
    }
  }

  @Test
  void ofAServerThatClosesNoWatchOnlyTheLastFewAreKept() throws Exception {
    try (Connection connection = Connection.open()) {
      Watch oldest = watch(connection.ofChannel(), EndOfInput.GONE);
      for (int i = 0; i < 100; i++) {
        watch(connection.ofChannel(), EndOfInput.GONE);
      }
      assertThat(oldest.isWatching()).isFalse();
      connection.client().close();
      assertThat(isTold()).isTrue();
      Thread.sleep(LONG_ENOUGH_MILLIS);
      assertThat(gone.drainPermits()).isLessThan(10);
    }
  }

  @Test
  void aDescriptorThatIsUsedAgainIsNotTakenForTheOldConnection() throws Exception {
    Peer old;
    try (Connection connection = Connection.open()) {
      old = connection.ofAddresses();
      watch(old, EndOfInput.GONE).close();
    }
    try (Connection connection = Connection.open();
        Watch stale = watch(old, EndOfInput.GONE)) {
      assertThat(stale.isWatching()).isFalse();
      try (Watch _ = watch(connection.ofAddresses(), EndOfInput.GONE)) {
        gone.drainPermits();
        connection.client().close();
        assertThat(isTold()).isTrue();
      }
    }
  }

  /// A server may hold a connection that was reset when its client comes again from the same port.
  @Test
  void aResetConnectionIsNotTakenForTheNextOneWithTheSameAddresses() throws Exception {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress("127.0.0.1", 0));
      Connection first = connect(listening, new InetSocketAddress("127.0.0.1", 0));
      InetSocketAddress client = (InetSocketAddress) first.client().getLocalAddress();
      watch(first.ofAddresses(), EndOfInput.GONE).close();
      first.reset();
      try (Connection second = connect(listening, client);
          Watch watch = watch(second.ofAddresses(), EndOfInput.GONE)) {
        assertThat(watch.isWatching()).isTrue();
        assertThat(isToldAnyway()).isFalse();
        second.client().close();
        assertThat(isTold()).isTrue();
      } finally {
        first.close();
      }
    }
  }

  private static Connection connect(ServerSocketChannel listening, InetSocketAddress from)
      throws IOException {
    SocketChannel client = SocketChannel.open();
    client.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    client.bind(from);
    client.connect(listening.getLocalAddress());
    return new Connection(client, listening.accept());
  }

  @Test
  void manyConnectionsAreFoundAtOnce() throws Exception {
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        connections.add(Connection.open());
      }
      List<Thread> threads = new ArrayList<>();
      for (Connection connection : connections) {
        Peer peer = connection.ofAddresses();
        threads.add(Thread.ofVirtual().start(() -> watch(peer, EndOfInput.GONE)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (Connection connection : connections) {
        connection.client().close();
      }
      assertThat(gone.tryAcquire(connections.size(), 10, TimeUnit.SECONDS)).isTrue();
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void aListenerThatThrowsHurtsNobodyElseNorDoesAHandlerThatThrowsItself() throws Exception {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
      throw new IllegalStateException(e);
    });
    try (Connection bad = Connection.open();
        Connection good = Connection.open();
        Watch _ =
            watcher.watch(
                bad.ofChannel(),
                EndOfInput.GONE,
                () -> {
                  gone.release();
                  throw new IllegalStateException();
                });
        Watch _ = watch(good.ofChannel(), EndOfInput.GONE)) {
      bad.client().close();
      assertThat(isTold()).isTrue();
      good.client().close();
      assertThat(isTold()).isTrue();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void whatCannotBeWatchedSaysSo() throws Exception {
    assertThat(watch(new Peer.ToldByServer(), EndOfInput.GONE).isWatching()).isFalse();
    Connection closed = Connection.open();
    closed.close();
    assertThat(watch(closed.ofChannel(), EndOfInput.GONE).isWatching()).isFalse();
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", 1);
    Peer foreign = new Peer.OfAddresses(nobody, nobody);
    assertThat(watch(foreign, EndOfInput.GONE).isWatching()).isFalse();
    assertThat(gone.availablePermits()).isZero();
  }
}
