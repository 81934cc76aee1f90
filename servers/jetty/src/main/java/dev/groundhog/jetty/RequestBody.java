package dev.groundhog.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// How far the body of a request of HTTP/1.1 has been read.
final class RequestBody {
  private volatile boolean isReadToEnd;

  /// @param headers as they came: a handler that inflates bodies leaves their length out
  RequestBody(HttpFields headers) {
    this.isReadToEnd =
        !headers.contains(HttpHeader.TRANSFER_ENCODING)
            && headers.getFields(HttpHeader.CONTENT_LENGTH).stream()
                .allMatch(length -> length.getValue().equals("0"));
  }

  /// Whether there is nothing of it that the server could still read; that stays so.
  boolean isReadToEnd() {
    return isReadToEnd;
  }

  void readToEnd() {
    isReadToEnd = true;
  }
}
