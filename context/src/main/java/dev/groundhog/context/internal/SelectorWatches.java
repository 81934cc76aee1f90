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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The way without foreign functions: a selector of our own beside the server's, for TCP channels
/// that are not in blocking mode.
///
/// A channel that is readable and has no byte has ended; but these are two questions, and a server
/// that reads between them leaves a channel just so whose client is there, as it does all the while
/// of a long body. However often that is asked anew it remains a guess. So only a channel is judged
/// from which the server no longer reads, since before the first question. Where bytes wait, such
/// as a pipelined request, the channel is looked at again from time to time.
public final class SelectorWatches {
  private static final long AGAIN_MILLIS = 500;
  private static final int IDLE_ROUNDS = 20;

  /// So many watches of one channel are kept, of a server that closes none.
  private static final int MAX_OF_ONE = 8;

  private final Queue<OfChannel> joining = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable Selector selector;

  /// @param isQuiet whether the server certainly no longer reads; it stays so
  /// @return not watching if the channel cannot be watched in this way
  public Watch watch(SelectableChannel channel, BooleanSupplier isQuiet, Runnable gone) {
    if (!(channel instanceof SocketChannel socket) || channel.isBlocking() || !channel.isOpen()) {
      return Watch.NONE;
    }
    OfChannel watch = new OfChannel(socket, isQuiet, gone);
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
    long again = System.nanoTime();
    while (idle < IDLE_ROUNDS || !joining.isEmpty()) {
      own.select(SelectorWatches::look, AGAIN_MILLIS);
      long now = System.nanoTime();
      boolean isTime = now - again >= 0;
      if (isTime) {
        again = now + TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS);
      }
      own.keys().forEach(key -> lookAgain(key, isTime));
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
          watch.askWhetherQuiet();
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

  /// The watches of a key may have been closed; and it may have been put aside because the server
  /// read, or bytes were waiting.
  private static void lookAgain(SelectionKey key, boolean isTime) {
    try {
      OfChannel watch = (OfChannel) key.attachment();
      if (!watch.isWanted()) {
        key.cancel();
      } else if (isTime && key.isValid() && key.interestOps() == 0) {
        watch.askWhetherQuiet();
        key.interestOps(SelectionKey.OP_READ);
      }
    } catch (CancelledKeyException _) {
      // its channel was closed meanwhile
    }
  }

  /// The channel was readable a moment ago.
  private static void look(SelectionKey key) {
    OfChannel watch = (OfChannel) key.attachment();
    try {
      if (!watch.isWanted()) {
        key.cancel();
      } else if (isEmpty(watch.channel) && watch.wasQuiet()) {
        key.cancel();
        watch.tell();
      } else {
        key.interestOps(0);
      }
    } catch (CancelledKeyException _) {
      // its channel was closed meanwhile
    }
  }

  /// @return false also where that can't be said
  private static boolean isEmpty(SocketChannel channel) {
    try {
      return channel.socket().getInputStream().available() == 0;
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
    final BooleanSupplier isQuiet;
    final Runnable gone;
    final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    // Of the thread.
    private @Nullable OfChannel outer;

    /// Of the chain the one of whose request the server no longer read before the channel was last
    /// asked whether it is readable.
    private @Nullable OfChannel quiet;

    OfChannel(SocketChannel channel, BooleanSupplier isQuiet, Runnable gone) {
      this.channel = channel;
      this.isQuiet = isQuiet;
      this.gone = gone;
    }

    /// The newest of the chain that is open is of the request that is being served.
    void askWhetherQuiet() {
      OfChannel newest = this;
      while (newest.outer != null && !newest.isOpen()) {
        newest = newest.outer;
      }
      quiet = newest.isQuiet.getAsBoolean() ? newest : null;
    }

    /// Whether the server has not read since then.
    boolean wasQuiet() {
      return quiet != null && quiet.isOpen();
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
