package dev.groundhog.context.internal;

import dev.groundhog.context.Watch;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The way without foreign functions: a selector of our own beside the server's, for TCP channels
/// that are not in blocking mode. A channel that stays readable without having a byte has ended:
/// one look is not enough, since the server may have read between its two questions, as it does all
/// the while of a request that has a body. Where bytes come first, such as a pipelined request, the
/// channel is looked at again from time to time until the server has taken them.
public final class SelectorWatches {
  private static final long AGAIN_MILLIS = 500;
  private static final int IDLE_ROUNDS = 20;

  /// So many looks, each right after the other, some microseconds in all.
  private static final int LOOKS = 16;

  /// So many watches of one channel are kept, of a server that closes none.
  private static final int MAX_OF_ONE = 8;

  private final Queue<OfChannel> joining = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable Selector selector;

  // Of the thread.
  private boolean isInDoubt;
  private long round;

  /// @return not watching if the channel cannot be watched in this way
  public Watch watch(SelectableChannel channel, Runnable gone) {
    if (!(channel instanceof SocketChannel socket) || channel.isBlocking() || !channel.isOpen()) {
      return Watch.NONE;
    }
    OfChannel watch = new OfChannel(socket, gone);
    joining.add(watch);
    wakeOrStart();
    return watch;
  }

  private void wake() {
    Selector current = selector;
    if (current != null) {
      current.wakeup();
    }
  }

  private void wakeOrStart() {
    wake();
    if (running.compareAndSet(false, true)) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("groundhog-disconnects")
              .inheritInheritableThreadLocals(false)
              .unstarted(this::loop);
      thread.setContextClassLoader(null);
      try {
        thread.start();
      } catch (OutOfMemoryError _) {
        running.set(false);
        giveUp();
      }
    }
  }

  private void loop() {
    try (Selector own = Selector.open()) {
      selector = own;
      try {
        watch(own);
      } finally {
        own.keys().forEach(key -> ((OfChannel) key.attachment()).endChain());
      }
    } catch (IOException | ClosedSelectorException _) {
      giveUp();
    } finally {
      selector = null;
      running.set(false);
      if (!joining.isEmpty()) {
        wakeOrStart();
      }
    }
  }

  private void watch(Selector own) throws IOException {
    int idle = 0;
    while (idle < IDLE_ROUNDS || !joining.isEmpty()) {
      if (isInDoubt) {
        isInDoubt = false;
        round++;
        own.selectNow(this::look);
      } else {
        round += 2; // none follows right after one of before
        own.select(this::look, AGAIN_MILLIS);
        own.keys().forEach(SelectorWatches::lookAgain);
      }
      join(own);
      idle = own.keys().isEmpty() ? idle + 1 : 0;
    }
  }

  /// The process may have no more threads or descriptors: of those who wait nothing more is noticed
  /// than without this.
  private void giveUp() {
    for (OfChannel watch = joining.poll(); watch != null; watch = joining.poll()) {
      watch.end();
    }
  }

  private void join(Selector own) {
    for (OfChannel watch = joining.poll(); watch != null; watch = joining.poll()) {
      try {
        if (watch.isOpen()) {
          SelectionKey before = watch.channel.keyFor(own);
          watch.follow(before == null ? null : (OfChannel) before.attachment());
          watch.channel.register(own, SelectionKey.OP_READ, watch);
        }
      } catch (CancelledKeyException _) {
        // The watch of the connection's last request is not gone yet: after the next selection.
        joining.add(watch);
        own.wakeup();
        return;
      } catch (IOException | IllegalBlockingModeException _) {
        watch.end(); // closed, or the server blocks on it
      }
    }
  }

  /// A key may have been put aside because bytes were waiting, and its watches may have been
  /// closed.
  private static void lookAgain(SelectionKey key) {
    try {
      if (!((OfChannel) key.attachment()).isWanted()) {
        key.cancel();
      } else if (key.isValid() && key.interestOps() == 0) {
        key.interestOps(SelectionKey.OP_READ);
      }
    } catch (CancelledKeyException _) {
      // its channel was closed meanwhile
    }
  }

  private void look(SelectionKey key) {
    OfChannel watch = (OfChannel) key.attachment();
    try {
      if (!watch.isWanted()) {
        key.cancel();
      } else if (hasBytes(watch.channel)) {
        key.interestOps(0);
      } else if (watch.isStillEmpty(round)) {
        key.cancel();
        watch.tell();
      } else {
        isInDoubt = true;
      }
    } catch (CancelledKeyException _) {
      // its channel was closed meanwhile
    }
  }

  private static boolean hasBytes(SocketChannel channel) {
    try {
      return channel.socket().getInputStream().available() > 0;
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  private enum State {
    OPEN,
    TOLD,
    ENDED
  }

  /// A channel has one key here: several watches of it form a chain, of which the newest hangs on
  /// the key.
  private final class OfChannel implements Watch {
    final SocketChannel channel;
    final Runnable gone;
    final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    // Of the thread.
    private @Nullable OfChannel outer;
    private int looks;
    private long lastRound;

    OfChannel(SocketChannel channel, Runnable gone) {
      this.channel = channel;
      this.gone = gone;
    }

    /// Takes those before that have not ended, the newest of them.
    void follow(@Nullable OfChannel before) {
      OfChannel last = this;
      int length = 1;
      for (OfChannel watch = before; watch != null; watch = watch.outer) {
        if (length == MAX_OF_ONE) {
          watch.end();
        } else if (watch.isOpen()) {
          last.outer = watch;
          last = watch;
          length++;
        }
      }
      last.outer = null;
    }

    /// Whether one of the chain has not ended.
    boolean isWanted() {
      OfChannel watch = this;
      while (watch != null && !watch.isOpen()) {
        watch = watch.outer;
      }
      return watch != null;
    }

    /// Readable and without a byte.
    ///
    /// @return whether it has been so often enough
    boolean isStillEmpty(long round) {
      looks = lastRound == round - 1 ? looks + 1 : 1;
      lastRound = round;
      return looks == LOOKS;
    }

    void tell() {
      for (OfChannel watch = this; watch != null; watch = watch.outer) {
        if (watch.state.compareAndSet(State.OPEN, State.TOLD)) {
          Gone.tell(watch.gone);
        }
      }
    }

    boolean isOpen() {
      return state.get() == State.OPEN;
    }

    void end() {
      state.compareAndSet(State.OPEN, State.ENDED);
    }

    void endChain() {
      for (OfChannel watch = this; watch != null; watch = watch.outer) {
        watch.end();
      }
    }

    @Override
    public boolean isWatching() {
      return state.get() != State.ENDED;
    }

    /// The thread takes the key away, now: else a closed channel's descriptor would stay for a
    /// while.
    @Override
    public void close() {
      state.set(State.ENDED);
      wake();
    }
  }
}
