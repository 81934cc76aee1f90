package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.util.Set;

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
  /// The methods of RFC 9110 and RFC 5789. What else a client sends is of no small set.
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  /// As OpenTelemetry's conventions have it.
  private static final String OTHER_METHOD = "_OTHER";

  /// What happens when a client leaves.
  enum Mode {
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

  /// Nobody is interrupted, and nothing is cancelled when a client leaves: that is only noted on
  /// the threads that work for it, where dumps show it. The context of a request ends when it has
  /// been answered.
  public static Disconnects labelling() {
    return new Disconnects(Mode.LABEL, Peer.EndOfInput.GONE).said();
  }

  /// For a server some of whose clients shut down their output and still read, as `nc -N` does.
  public Disconnects withHalfClose() {
    return new Disconnects(mode, Peer.EndOfInput.STAYS);
  }

  /// A request begins; the calling thread's labels and context are those that it adds to.
  ///
  /// @param method as a label it is `_OTHER` if it is none of HTTP's own
  /// @param route where the request goes, of a small set of names: the template that matched
  ///   (`/users/{id}`), else the path at which the handler is mounted, never the path asked for
  public ClientRequest begin(Peer peer, String method, String route) {
    Labels labels =
        Labels.of("method", METHODS.contains(method) ? method : OTHER_METHOD)
            .with("route", route)
            .forClient();
    ClientRequest request = new ClientRequest(Context.current().withCancel(), mode, labels, peer);
    request.watch(endOfInput);
    return request;
  }

  private Disconnects said() {
    DisconnectWatcher.shared().sayWhatIsMissing();
    return this;
  }
}
