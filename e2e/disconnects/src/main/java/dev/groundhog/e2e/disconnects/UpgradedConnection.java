package dev.groundhog.e2e.disconnects;

import dev.groundhog.context.ClientRequest;
import dev.groundhog.context.Disconnects;
import dev.groundhog.jetty.DisconnectHandler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/// A connection that is no longer HTTP: its handler blocks like the others, then writes.
final class UpgradedConnection extends AbstractConnection {
  private final Blocking blocking;
  private final String id;
  private final Optional<Disconnects> disconnects;

  private UpgradedConnection(
      EndPoint endPoint,
      Request request,
      Blocking blocking,
      String id,
      Optional<Disconnects> disconnects) {
    super(endPoint, request.getComponents().getExecutor());
    this.blocking = blocking;
    this.id = id;
    this.disconnects = disconnects;
  }

  static void upgrade(
      Request request,
      Response response,
      Blocking blocking,
      String id,
      Optional<Disconnects> disconnects) {
    response.setStatus(101);
    response.getHeaders().put("Connection", "Upgrade");
    response.getHeaders().put("Upgrade", "tcp");
    request.setAttribute(
        HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
        new UpgradedConnection(
            request.getConnectionMetaData().getConnection().getEndPoint(),
            request,
            blocking,
            id,
            disconnects));
  }

  @Override
  public void onOpen() {
    super.onOpen();
    getEndPoint().setIdleTimeout(0);
    Thread.ofVirtual().name("upgraded").start(this::serve);
  }

  private void serve() {
    String answer =
        disconnects
            .map(some -> {
              try (ClientRequest client =
                  some.withHalfClose()
                      .begin(DisconnectHandler.peer(getEndPoint()), "POST", "/upgrade")) {
                return client.call(() -> blocking.answer(id));
              }
            })
            .orElseGet(() -> blocking.answer(id));
    getEndPoint()
        .write(
            Callback.from(this::close, _ -> close()),
            BufferUtil.toBuffer(answer, StandardCharsets.UTF_8));
  }

  @Override
  public void onFillable() {
    // nobody asked to be told
  }
}
