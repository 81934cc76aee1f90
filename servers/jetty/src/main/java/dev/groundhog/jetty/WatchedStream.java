package dev.groundhog.jetty;

import dev.groundhog.context.ClientRequest;
import org.eclipse.jetty.server.HttpStream;

/// Ends the watch of a request when Jetty has completed it, and before it takes the next one.
class WatchedStream extends HttpStream.Wrapper {
  private final ClientRequest client;

  WatchedStream(HttpStream stream, ClientRequest client) {
    super(stream);
    this.client = client;
  }

  @Override
  public void succeeded() {
    client.close();
    super.succeeded();
  }

  @Override
  public void failed(Throwable failure) {
    client.close();
    super.failed(failure);
  }
}
