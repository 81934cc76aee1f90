package dev.groundhog.context.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.context.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What works without foreign functions, and so on every system.
class SelectorWatchesTest {
  private final SelectorWatches watches = new SelectorWatches();
  private final Semaphore gone = new Semaphore(0);
  private SocketChannel client;
  private SocketChannel server;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress("127.0.0.1", 0));
      client = SocketChannel.open(listening.getLocalAddress());
      server = listening.accept();
      server.configureBlocking(false);
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  /// Of a server that no longer reads.
  private Watch watch(SocketChannel channel, Runnable told) {
    return watches.watch(channel, () -> true, told);
  }

  @Test
  void aClosedConnectionIsToldOnce() throws Exception {
    try (Watch watch = watch(server, gone::release)) {
      assertThat(watch.isWatching()).isTrue();
      client.close();
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      assertThat(gone.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(watch.isWatching()).as("it has been told").isTrue();
      watch.close();
      assertThat(watch.isWatching()).isFalse();
    }
  }

  @Test
  void itIsBlindWhileARequestWaitsUnread() throws Exception {
    try (Watch _ = watch(server, gone::release)) {
      client.write(ByteBuffer.wrap(new byte[] {1}));
      client.close();
      assertThat(gone.tryAcquire(700, TimeUnit.MILLISECONDS)).isFalse();
      server.read(ByteBuffer.allocate(1));
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatWaitsUnreadCostsNoProcessorTime() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    client.write(ByteBuffer.wrap(new byte[] {1}));
    try (Watch _ = watches.watch(server, () -> asked.incrementAndGet() > 0, gone::release)) {
      Thread.sleep(1_500);
      assertThat(asked.get()).isBetween(1, 10);
    }
  }

  /// The server reads when it is told of bytes, and so at the moment when the watcher looks.
  @Test
  void aClientThatSendsABodyIsNotTakenForGoneAndIsStillWatched() throws Exception {
    AtomicBoolean isReadToEnd = new AtomicBoolean();
    try (Selector servers = Selector.open();
        Watch _ = watches.watch(server, isReadToEnd::get, gone::release)) {
      server.register(servers, SelectionKey.OP_READ);
      Thread sending =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int part = 0; part < 5_000; part++) {
                    client.write(ByteBuffer.allocate(512));
                    LockSupport.parkNanos(200_000);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      int left = 5_000 * 512;
      while (left > 0) {
        servers.select(100);
        servers.selectedKeys().clear();
        left -= server.read(ByteBuffer.allocate(1 << 16));
      }
      sending.join();
      isReadToEnd.set(true);
      assertThat(gone.tryAcquire(1, TimeUnit.SECONDS)).isFalse();
      client.close();
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /// While the server may read, all that a selector says may be of bytes that it has taken since.
  @Test
  void aConnectionFromWhichTheServerMayReadIsNeverJudged() throws Exception {
    AtomicBoolean isReadToEnd = new AtomicBoolean();
    try (Watch watch = watches.watch(server, isReadToEnd::get, gone::release)) {
      client.close();
      assertThat(gone.tryAcquire(1_500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(watch.isWatching()).isTrue();
      isReadToEnd.set(true);
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /// The bytes that made the channel readable are gone when it says that it reads no more.
  @Test
  void theLastReadOfTheServerIsNotTakenForTheEnd() throws Exception {
    BooleanSupplier readsTheLast =
        () -> {
          try {
            return server.read(ByteBuffer.allocate(1)) != 0;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    client.write(ByteBuffer.wrap(new byte[] {1}));
    try (Watch _ = watches.watch(server, readsTheLast, gone::release)) {
      assertThat(gone.tryAcquire(1_500, TimeUnit.MILLISECONDS)).isFalse();
      client.close();
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theNextRequestOfAConnectionIsWatchedAsWell() throws Exception {
    watch(server, gone::release).close();
    try (Watch _ = watch(server, gone::release)) {
      client.close();
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void ofSeveralWatchesOfAConnectionAllAreToldAndNoneEndsWithAnother() throws Exception {
    Semaphore second = new Semaphore(0);
    Semaphore third = new Semaphore(0);
    try (Watch _ = watch(server, gone::release)) {
      Thread.sleep(100);
      Watch brief = watch(server, second::release);
      Thread.sleep(100);
      try (Watch _ = watch(server, third::release)) {
        Thread.sleep(100);
        brief.close();
        Thread.sleep(100);
        client.close();
        assertThat(third.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.availablePermits()).isZero();
      }
    }
  }

  @Test
  void aWatchThatIsClosedLateLeavesTheNextOneAsItIs() throws Exception {
    Watch before = watch(server, () -> {});
    Thread.sleep(100);
    try (Watch _ = watch(server, gone::release)) {
      Thread.sleep(100);
      before.close();
      client.close();
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aClosedWatchTellsNothing() throws Exception {
    watch(server, gone::release).close();
    client.close();
    assertThat(gone.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void aChannelOnWhichTheServerBlocksIsLeftAlone() throws Exception {
    server.configureBlocking(true);
    assertThat(watch(server, gone::release).isWatching()).isFalse();
  }

  @Test
  void watchesThatAreClosedAtAnyMomentHurtNoOther() throws Exception {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress("127.0.0.1", 0));
      try (Watch _ = watch(server, gone::release);
          SocketChannel busy = SocketChannel.open(listening.getLocalAddress());
          SocketChannel peer = listening.accept()) {
        peer.configureBlocking(false);
        busy.write(ByteBuffer.wrap(new byte[] {1})); // readable at once
        for (int request = 0; request < 20_000; request++) {
          watch(peer, () -> {}).close();
        }
      }
      try (Watch _ = watch(server, gone::release)) {
        client.close();
        assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }
}
