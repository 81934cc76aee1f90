package dev.groundhog.jetty;

import dev.groundhog.context.ClientRequest;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// One stream of a connection that has others. A thread that writes to the connection may write for
/// the others too, and an interrupt would close it for all of them: so none comes meanwhile.
final class SharedStream extends WatchedStream {
  SharedStream(HttpStream stream, ClientRequest client) {
    super(stream, client);
  }

  @Override
  public Content.Chunk read() {
    return ClientRequest.uninterrupted(super::read);
  }

  @Override
  public void demand() {
    uninterrupted(super::demand);
  }

  @Override
  public void send(
      MetaData.Request request,
      MetaData.@Nullable Response response,
      boolean last,
      ByteBuffer content,
      Callback callback) {
    uninterrupted(() -> super.send(request, response, last, content, callback));
  }

  private void uninterrupted(Runnable body) {
    ClientRequest.uninterrupted(() -> {
      body.run();
      return this;
    });
  }
}
