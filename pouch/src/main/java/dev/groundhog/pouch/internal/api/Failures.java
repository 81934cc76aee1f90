package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// How clients are told that something failed: always `{"message": …}`.
final class Failures {
  /// Causes can lead in a ring.
  private static final int MOST_CAUSES = 20;

  private Failures() {}

  /// Answers, unless an answer is under way; then the connection ends.
  static void send(Response response, Callback callback, int status, String message) {
    if (response.isCommitted()) {
      callback.failed(new IOException(message));
      return;
    }
    if (!response.getRequest().consumeAvailable()) {
      endConnection(response); // what is left of the request would be taken for another one
    }
    try {
      new JettyCall(response.getRequest(), response, "", Map.of())
          .json(status, Map.of("message", message));
      callback.succeeded();
    } catch (IOException | RuntimeException e) {
      callback.failed(new Left(e)); // or Jetty would try to answer once more
    }
  }

  /// As Jetty will do in any case, but tells only who is told so does not use it again.
  private static void endConnection(Response response) {
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
  }

  /// Whether something only failed since its thread was interrupted, as happens to whose client
  /// leaves amid a look into a file.
  static boolean isOfInterrupt(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
      if (cause instanceof InterruptedException
          || cause instanceof InterruptedIOException
          || cause instanceof ClosedByInterruptException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /// A client that cannot be written to any more, which is no fault: Jetty only counts it.
  private static final class Left extends IOException implements QuietException {
    private static final long serialVersionUID = 1;

    Left(Throwable cause) {
      super(cause);
    }
  }

  /// What Jetty refuses by itself, such as a path that is none or is too long, which it would say
  /// in HTML.
  static final class OfJetty extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
      return true;
    }

    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int code,
        @Nullable String message,
        @Nullable Throwable cause,
        Callback callback) {
      endConnection(response);
      send(response, callback, code, String.valueOf(message));
    }
  }
}
