package dev.groundhog.pouch.internal.client;

import dev.groundhog.pouch.PouchException;
import dev.groundhog.pouch.PouchException.Code;
import dev.groundhog.pouch.PouchHost;
import dev.groundhog.pouch.internal.io.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.client.Request;

/// An answer while it comes. That it breaks off is told as the daemon's trouble, apart from the
/// trouble of whoever writes what was read.
final class AnswerStream extends BlockInputStream {
  private final Request request;
  private final PouchHost host;
  private boolean isRead;

  AnswerStream(InputStream in, Request request, PouchHost host) {
    super(in);
    this.request = request;
    this.host = host;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int read = in.read(bytes, offset, length);
      isRead |= read < 0;
      return read;
    } catch (IOException e) {
      throw new PouchException(
          Code.BROKEN, "the daemon at " + host + " broke off its answer: " + e.getMessage(), e);
    }
  }

  /// Hangs up, unless all was read. Jetty's own stream would do so only when something comes.
  @Override
  public void close() throws IOException {
    if (!isRead) {
      CompletableFuture<Boolean> _ = request.abort(new CancellationException("closed"));
    }
    super.close();
  }
}
