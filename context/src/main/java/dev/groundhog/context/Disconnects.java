package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.Optional;

/// How a server's requests learn that their client has gone. One for a server, shared by all of its
/// requests; adapters for servers are made of it, in the way of [DisconnectFilter]:
///
/// ```java
/// try (ClientRequest request = disconnects.begin(peer, "GET", "/users/{id}")) {
///   request.call(() -> handler.handle(exchange));
/// }
/// ```
///
/// Immutable.
public final class Disconnects {
  private static final System.Logger LOG = System.getLogger(Disconnects.class.getName());

  /// What happens when a client leaves.
  private enum Mode {
    CANCEL,
    LABEL
  }

  private final Mode mode;
  private final Peer.EndOfInput endOfInput;

  private Disconnects(Mode mode, Peer.EndOfInput endOfInput) {
    this.mode = mode;
    this.endOfInput = endOfInput;
  }

  /// The context of a request is cancelled when its client leaves, and when the request has ended.
  /// Says once, in the log, if disconnects cannot be seen here.
  public static Disconnects cancelling() {
    return new Disconnects(Mode.CANCEL, Peer.EndOfInput.GONE).said();
  }

  /// Nothing is cancelled or interrupted: that a client has left is only noted on the threads that
  /// work for it, where dumps show it.
  public static Disconnects labelling() {
    return new Disconnects(Mode.LABEL, Peer.EndOfInput.GONE).said();
  }

  /// For a server some of whose clients shut down their output and still read, as `nc -N` does.
  public Disconnects withHalfClose() {
    return new Disconnects(mode, Peer.EndOfInput.STAYS);
  }

  /// A request begins; the calling thread's labels and context are those that it adds to.
  ///
  /// @param route where the request goes, of a small set of names: the template that matched
  ///   (`/users/{id}`), else the path at which the handler is mounted, never the path asked for
  public ClientRequest begin(Peer peer, String method, String route) {
    Labels labels = Labels.of("method", method).with("route", route).forClient();
    Context parent = Context.current();
    Optional<CancellableContext> own =
        switch (mode) {
          case CANCEL -> Optional.of(parent.withCancel());
          case LABEL -> Optional.empty();
        };
    ClientRequest request = new ClientRequest(parent, own, labels, peer);
    request.watch(endOfInput);
    return request;
  }

  private Disconnects said() {
    String missing = DisconnectWatcher.shared().missing();
    if (!missing.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, missing);
    }
    return this;
  }
}
