package dev.groundhog.context;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// How far the answer of one exchange is. A handler may return before it has answered, and let
/// another thread do so; or answer, and work on.
final class Answer {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final HttpExchange exchange;
  private final ClientRequest request;

  /// Of the whole body; 0 while nobody knows. Of the thread that writes it, as is the next one.
  private long length;

  private long written;

  // Guarded by this object's lock.
  private boolean isComplete;
  private boolean hasReturned;

  Answer(HttpExchange exchange, ClientRequest request) {
    this.exchange = exchange;
    this.request = request;
  }

  /// The handler has returned. Of a client that has left nobody else may close the exchange.
  void handlerReturned() {
    boolean isComplete;
    synchronized (this) {
      hasReturned = true;
      isComplete = this.isComplete;
    }
    if (isComplete) {
      request.close();
    } else if (request.context().isCancelled()) {
      exchange.close();
      request.close();
    }
  }

  /// The headers go out.
  ///
  /// @param length as for [HttpExchange#sendResponseHeaders]
  void begins(int status, long length) {
    this.length = length;
    boolean isEmpty =
        length < 0
            || status == NO_CONTENT
            || status == NOT_MODIFIED
            || exchange.getRequestMethod().equals("HEAD");
    if (isEmpty) {
      completes();
    }
  }

  /// The last of the answer goes out.
  void completes() {
    boolean hasReturned;
    synchronized (this) {
      isComplete = true;
      hasReturned = this.hasReturned;
    }
    if (hasReturned) {
      request.close();
    } else {
      request.answered();
    }
  }

  /// What sees the last byte of `body`.
  OutputStream body(OutputStream body) {
    return new FilterOutputStream(body) {
      @Override
      public void write(int b) throws IOException {
        goesOut(1);
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        goesOut(count);
        out.write(bytes, offset, count);
      }

      @Override
      public void close() throws IOException {
        completes();
        out.close();
      }
    };
  }

  private void goesOut(int bytes) {
    written += bytes;
    if (length > 0 && written >= length) {
      request.answered();
    }
  }
}
