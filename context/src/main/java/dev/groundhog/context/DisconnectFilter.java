package dev.groundhog.context;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/// Tells the handlers of the JDK's own server, `HttpServer` or `HttpsServer`, that their client has
/// gone:
///
/// ```java
/// server.createContext("/logs", handler).getFilters().add(new DisconnectFilter(Disconnects.cancelling()));
/// ```
///
/// A request's route is the path of its `HttpContext`. Needs Linux and native access, see
/// [DisconnectWatcher]; elsewhere a client's leaving is not noticed, and handlers run as without
/// it.
public final class DisconnectFilter extends Filter {
  private final Disconnects disconnects;

  public DisconnectFilter(Disconnects disconnects) {
    this.disconnects = disconnects;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    HttpContext context = exchange.getHttpContext();
    Peer peer = new Peer.OfAddresses(exchange.getLocalAddress(), exchange.getRemoteAddress());
    try (ClientRequest request =
        disconnects.begin(peer, exchange.getRequestMethod(), context.getPath())) {
      request.<Object, IOException>call(() -> {
        chain.doFilter(exchange);
        return request;
      });
    }
  }

  @Override
  public String description() {
    return "tells handlers that their client has gone";
  }
}
