package dev.groundhog.context;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

/// An exchange whose answer is seen.
final class WatchedExchange extends HttpExchange {
  private final HttpExchange exchange;
  private final Answer answer;

  /// As the exchange had it, and what sees what goes there.
  private final OutputStream ownBody;

  private final OutputStream watchedBody;

  /// Whether the headers have gone out.
  private boolean hasBegun;

  WatchedExchange(HttpExchange exchange, Answer answer) {
    this.exchange = exchange;
    this.answer = answer;
    this.ownBody = exchange.getResponseBody();
    this.watchedBody = answer.body(ownBody);
  }

  /// The exchange, of the sort that it is. Where the server authenticates, behind all filters, it
  /// takes none but its own: there the end of the answer is seen in its body alone, which it closes
  /// also where that is empty.
  static HttpExchange of(HttpExchange exchange, Answer answer) {
    if (exchange.getHttpContext().getAuthenticator() != null) {
      exchange.setStreams(null, answer.body(exchange.getResponseBody()));
      return exchange;
    }
    WatchedExchange watched = new WatchedExchange(exchange, answer);
    return exchange instanceof HttpsExchange https
        ? new WatchedHttpsExchange(https, watched)
        : watched;
  }

  /// The server's own, if it is this that wraps it.
  static HttpExchange unwrapped(HttpExchange exchange) {
    return switch (exchange) {
      case WatchedExchange watched -> unwrapped(watched.exchange);
      case WatchedHttpsExchange watched -> unwrapped(watched.unwrapped());
      default -> exchange;
    };
  }

  @Override
  public Headers getRequestHeaders() {
    return exchange.getRequestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return exchange.getResponseHeaders();
  }

  @Override
  public URI getRequestURI() {
    return exchange.getRequestURI();
  }

  @Override
  public String getRequestMethod() {
    return exchange.getRequestMethod();
  }

  @Override
  public HttpContext getHttpContext() {
    return exchange.getHttpContext();
  }

  @Override
  public InputStream getRequestBody() {
    return exchange.getRequestBody();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return exchange.getLocalAddress();
  }

  @Override
  public int getResponseCode() {
    return exchange.getResponseCode();
  }

  @Override
  public String getProtocol() {
    return exchange.getProtocol();
  }

  @Override
  public HttpPrincipal getPrincipal() {
    return exchange.getPrincipal();
  }

  /// A stream that a filter has set leads to the watched one.
  @Override
  @SuppressWarnings("ReferenceEquality") // a stream, not a value
  public OutputStream getResponseBody() {
    OutputStream body = exchange.getResponseBody();
    return body == ownBody ? watchedBody : body;
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    if (!hasBegun) {
      answer.begins(status, length);
    }
    exchange.sendResponseHeaders(status, length);
    hasBegun = true;
  }

  @Override
  public void close() {
    answer.completes();
    exchange.close();
  }

  @Override
  public Object getAttribute(String name) {
    return exchange.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, Object value) {
    exchange.setAttribute(name, value);
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    exchange.setStreams(in, out);
  }
}
