package dev.groundhog.jetty;

import dev.groundhog.context.ClientRequest;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Notes when the request's body has been read. Ends the watch of a request when the last of its
/// answer goes out, and its context when Jetty has completed it, before it takes the next one;
/// watches an upgraded connection as such.
final class WatchedStream extends HttpStream.Wrapper {
  private final ClientRequest client;
  private final RequestBody body;

  WatchedStream(HttpStream stream, ClientRequest client, RequestBody body) {
    super(stream);
    this.client = client;
    this.body = body;
  }

  @Override
  public Content.@Nullable Chunk read() {
    Content.Chunk chunk = super.read();
    if (chunk != null && chunk.isLast() && !Content.Chunk.isFailure(chunk)) {
      body.readToEnd();
    }
    return chunk;
  }

  @Override
  public void send(
      MetaData.Request request,
      MetaData.@Nullable Response response,
      boolean last,
      ByteBuffer content,
      Callback callback) {
    if (response != null && response.getStatus() == HttpStatus.SWITCHING_PROTOCOLS_101) {
      client.upgraded();
    } else if (last) {
      client.answered();
    }
    super.send(request, response, last, content, callback);
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
