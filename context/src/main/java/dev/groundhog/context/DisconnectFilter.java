package dev.groundhog.context;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tells the handlers of the JDK's own server, `HttpServer` or `HttpsServer`, that their client has
/// gone:
///
/// ```java
/// server.createContext("/logs", handler).getFilters().add(new DisconnectFilter(Disconnects.cancelling()));
/// ```
///
/// A request lasts until its handler has returned and has answered, also where another thread
/// answers later. What a client does that has its whole answer is no news to a handler that works
/// on. The exchange of a client that has left is closed if the handler returns and has not done so.
///
/// Where the `HttpContext` has an authenticator, an answer without a body counts as given when it
/// has gone out, not just before: a client that leaves in that moment may still interrupt.
///
/// A request's route is the path of its `HttpContext`. It must come before filters that wrap the
/// exchange, whose addresses may be another's. Needs Linux and native access, see
/// [DisconnectWatcher]; elsewhere a client's leaving is not noticed, and handlers run as without
/// it.
public final class DisconnectFilter extends Filter {
  private static final System.Logger LOG = System.getLogger(DisconnectFilter.class.getName());
  private static final AtomicBoolean SAID = new AtomicBoolean();

  private final Disconnects disconnects;

  public DisconnectFilter(Disconnects disconnects) {
    this.disconnects = disconnects;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    ClientRequest request =
        disconnects.begin(
            peer(exchange), exchange.getRequestMethod(), exchange.getHttpContext().getPath());
    Answer answer = new Answer(exchange, request);
    boolean hasReturned = false;
    try {
      request.<Object, IOException>call(() -> {
        chain.doFilter(WatchedExchange.of(exchange, answer));
        return request;
      });
      hasReturned = true;
    } finally {
      if (hasReturned) {
        answer.handlerReturned();
      } else {
        request.close();
      }
    }
  }

  /// The addresses of an exchange that a filter has wrapped may be those of a proxy's client, or
  /// made up by one.
  private static Peer peer(HttpExchange exchange) {
    HttpExchange own = WatchedExchange.unwrapped(exchange);
    boolean isServers = own.getClass().getModule() == HttpExchange.class.getModule();
    if (!isServers && SAID.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "clients are not watched behind a filter that wraps exchanges, as in "
              + own.getClass().getName()
              + ": let the DisconnectFilter be the first");
    }
    return isServers
        ? new Peer.OfAddresses(exchange.getLocalAddress(), exchange.getRemoteAddress())
        : new Peer.ToldByServer();
  }

  @Override
  public String description() {
    return "tells handlers that their client has gone";
  }
}
