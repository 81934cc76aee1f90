package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request of a client who may leave. Made by [Disconnects#begin], and closed when the request
/// has been answered, before the server takes the connection's next one. Thread-safe.
public final class ClientRequest implements AutoCloseable {
  private static final Context.Key<ClientRequest> KEY = Context.Key.named("request");

  private final Optional<CancellableContext> own;
  private final Context context;
  private final Labels labels;
  private final Peer peer;
  private Watch watch = Watch.NONE;
  private boolean closed;

  /// @param own what is cancelled; empty if nothing is to be
  ClientRequest(Context parent, Optional<CancellableContext> own, Labels labels, Peer peer) {
    this.own = own;
    this.context = own.<Context>map(context -> context).orElse(parent).withValue(KEY, this);
    this.labels = labels;
    this.peer = peer;
  }

  /// The request that the calling thread works for, as far as its context tells; absent without
  /// one.
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

  /// Runs what must not be interrupted, such as a write to a connection that others share, since an
  /// interrupt closes a channel. An interrupt of a [#call] is put off until `body` has ended.
  public static <T extends @Nullable Object, X extends Throwable> T uninterrupted(
      ScopedValue.CallableOp<? extends T, X> body) throws X {
    return InterruptedCall.shielded(body);
  }

  /// The client has left. Called by the watcher; and by adapters, for what only a server knows.
  public void clientGone() {
    labels.clientGone();
    own.ifPresent(context -> context.cancel(ContextException.clientGone()));
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
      unused = closed ? next : watch;
      watch = closed ? watch : next;
    }
    unused.close();
  }

  /// The request has ended, and its context with it.
  @Override
  public void close() {
    Watch unused;
    synchronized (this) {
      closed = true;
      unused = watch;
      watch = Watch.NONE;
    }
    unused.close();
    own.ifPresent(CancellableContext::cancel);
  }
}
