package dev.groundhog.jetty;

import dev.groundhog.context.ClientRequest;
import dev.groundhog.context.Disconnects;
import dev.groundhog.context.Peer;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Tells the handlers below it that their client has gone:
///
/// ```java
/// server.setHandler(new DisconnectHandler(Disconnects.cancelling(), handler));   // Jetty's core
/// context.insertHandler(new DisconnectHandler(Disconnects.cancelling()));        // servlets
/// ```
///
/// On HTTP/1.1, plain or with TLS, on TCP and on unix sockets, the watcher sees it, see
/// [dev.groundhog.context.DisconnectWatcher]; on HTTP/2 Jetty tells of a reset stream and of a lost
/// connection. A request ends when Jetty has completed it, also one that is answered
/// asynchronously: until then its context is alive, and [ClientRequest#current] gives it to the
/// thread in `handle`. What a client does that has its whole answer is no news to a handler that
/// works on.
///
/// Its route is the context's path and the pattern of the servlet or of the `PathMappingsHandler`
/// that matched, as far as this handler stands below them.
///
/// An idle timeout says that the client was silent for a while, not that it has gone: it cancels
/// nothing here. On HTTP/2 it doesn't fail a request either that is being handled and neither reads
/// nor writes, unless a listener of yours says so: Jetty would tell nothing more of it afterwards.
/// Of a client that announces that it will close the connection (`GOAWAY`) Jetty tells only on
/// writing.
///
/// From an upgrade on, the end of the client's input means only that it writes no more. In a
/// servlet the request, and its context, lasts until the upgraded connection is closed. In Jetty's
/// core it ends with the upgrade, and whoever serves the connection watches it with
/// `disconnects.withHalfClose().begin(DisconnectHandler.peer(endPoint), method, route)`.
public final class DisconnectHandler extends Handler.Wrapper {
  private final Disconnects disconnects;

  /// With nothing below it yet.
  public DisconnectHandler(Disconnects disconnects) {
    this.disconnects = disconnects;
  }

  public DisconnectHandler(Disconnects disconnects, Handler handler) {
    super(handler);
    this.disconnects = disconnects;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Handler next = getHandler();
    if (next == null) {
      return false;
    }
    boolean shared =
        request.getConnectionMetaData().getHttpVersion().getVersion()
            >= HttpVersion.HTTP_2.getVersion();
    RequestBody body = new RequestBody(Request.unWrap(request).getHeaders());
    Peer peer =
        shared
            ? new Peer.ToldByServer()
            : peer(request.getConnectionMetaData().getConnection().getEndPoint(), body);
    ClientRequest client = disconnects.begin(peer, request.getMethod(), Routes.of(request));
    if (shared) {
      request.addIdleTimeoutListener(_ -> false);
      request.addFailureListener(failure -> failed(failure, client));
    }
    request.addHttpStreamWrapper(stream -> new WatchedStream(stream, client, body));
    boolean handled = false;
    try {
      handled = client.call(() -> next.handle(request, response, callback));
      return handled;
    } finally {
      if (!handled) {
        client.close();
      }
    }
  }

  /// The client of a connection, for a handler of an upgraded one.
  public static Peer peer(EndPoint endPoint) {
    Object transport = endPoint;
    while (transport instanceof EndPoint outer) {
      transport = outer.getTransport();
    }
    return transport instanceof SelectableChannel channel
        ? new Peer.OfChannel(channel)
        : new Peer.ToldByServer();
  }

  /// The client of a request. Of a connection without TLS Jetty reads nothing from the end of the
  /// request's body on until it has been answered; with TLS it may, also on writing.
  private static Peer peer(EndPoint endPoint, RequestBody body) {
    Peer peer = peer(endPoint);
    return peer instanceof Peer.OfChannel(var channel) && !endPoint.isSecure()
        ? new Peer.OfQuietChannel(channel, body::isReadToEnd)
        : peer;
  }

  /// What Jetty tells of a stream of HTTP/2.
  private static void failed(Throwable failure, ClientRequest client) {
    if (!(failure instanceof TimeoutException)) {
      client.clientGone();
    }
  }
}
