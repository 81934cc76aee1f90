package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request of a client who may leave. Made by [Disconnects#begin], and closed when the request
/// has been answered, before the server takes the connection's next one. Thread-safe.
public final class ClientRequest implements AutoCloseable {
  private static final Context.Key<ClientRequest> KEY = Context.Key.named("request");

  private final CancellableContext own;
  private final Disconnects.Mode mode;
  private final Context context;
  private final Labels labels;
  private final Peer peer;

  /// Guarded by this object's lock.
  private Watch watch = Watch.NONE;

  private boolean answered;

  /// @param own what ends with the request
  ClientRequest(CancellableContext own, Disconnects.Mode mode, Labels labels, Peer peer) {
    this.own = own;
    this.mode = mode;
    this.context = own.withValue(KEY, this);
    this.labels = labels;
    this.peer = peer;
  }

  /// The request that the calling thread works for, as far as its context tells; empty without one.
  public static Optional<ClientRequest> current() {
    return Context.current().value(KEY);
  }

  /// What everything that is started for this request runs under. It is cancelled when the client
  /// leaves, and when the request has ended.
  public Context context() {
    return context;
  }

  /// What the threads of this request have as labels: `method` and `route`.
  public Labels labels() {
    return labels;
  }

  /// Runs the handler on the calling thread: with this request's context and labels, and
  /// interrupted when the client leaves, as [Context#call].
  public <T extends @Nullable Object, X extends Throwable> T call(
      ScopedValue.CallableOp<? extends T, X> handler) throws X {
    return labels.call(() -> context.call(handler));
  }

  /// Whether the client's leaving would be noticed by the watcher, or has been; no longer once the
  /// client has its answer. Where it would not, the server may tell, as of one stream of HTTP/2.
  public synchronized boolean isWatched() {
    return watch.isWatching();
  }

  /// The client has left. Called by the watcher; and by adapters, for what only a server knows. It
  /// says nothing once the client has its answer.
  public void clientGone() {
    synchronized (this) {
      if (answered) {
        return;
      }
    }
    labels.clientGone();
    switch (mode) {
      case CANCEL -> own.cancel(ContextException.clientGone());
      case LABEL -> {}
    }
  }

  /// The connection is no longer HTTP and belongs to its handler: from here on the end of its input
  /// does not mean that the client has gone, see [Peer.EndOfInput#STAYS]. Called by adapters.
  public void upgraded() {
    watch(Peer.EndOfInput.STAYS);
  }

  /// Watches from here on, and no longer as before.
  void watch(Peer.EndOfInput endOfInput) {
    Watch unused;
    Watch next = DisconnectWatcher.shared().watch(peer, endOfInput, this::clientGone);
    synchronized (this) {
      unused = answered ? next : watch;
      watch = answered ? watch : next;
    }
    unused.close();
  }

  /// The client is about to have its whole answer: that it leaves is no news from here on, and the
  /// connection is watched no longer. The handler may go on, under a context that has not ended.
  /// Called by adapters.
  public void answered() {
    Watch unused;
    synchronized (this) {
      answered = true;
      unused = watch;
      watch = Watch.NONE;
    }
    unused.close();
  }

  /// The request has ended, and its context with it: actions run, and whoever begins a
  /// [Context#call] under it from here on begins interrupted. Calls that are under way are not
  /// interrupted, since one of them may be the one that answers. A deadline that passes later, or
  /// who cancels a context between this one and the call, interrupts them as ever.
  @Override
  public void close() {
    answered();
    own.end(
        Cancellation.CANCELLED,
        switch (mode) {
          case CANCEL -> Links.Interrupts.NEW;
          case LABEL -> Links.Interrupts.NOBODY;
        });
  }
}
