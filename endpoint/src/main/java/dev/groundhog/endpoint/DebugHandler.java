package dev.groundhog.endpoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/// A [DebugEndpoint] in the JDK's own HTTP server:
///
/// ```java
/// server.createContext("/debug/", DebugHandler.of(endpoint, AccessRule.loopback(server.getAddress())));
/// ```
public final class DebugHandler implements HttpHandler {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int UNKNOWN_LENGTH = 0;
  private static final int NO_BODY = -1;

  private final DebugEndpoint endpoint;
  private final AccessRule rule;

  private DebugHandler(DebugEndpoint endpoint, AccessRule rule) {
    this.endpoint = endpoint;
    this.rule = rule;
  }

  /// @param rule who gets in
  public static DebugHandler of(DebugEndpoint endpoint, AccessRule rule) {
    return new DebugHandler(endpoint, rule);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      AccessRule.Decision decision =
          rule.decide(
              exchange.getLocalAddress(),
              exchange.getRemoteAddress(),
              name ->
                  Optional.ofNullable(exchange.getRequestHeaders().get(name)).orElse(List.of()));
      send(exchange, endpoint.answer(request(exchange), decision));
    }
  }

  private static Request request(HttpExchange exchange) {
    return new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), NO_BODY);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), UNKNOWN_LENGTH);
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), BUFFER_BYTES)) {
      answer.body().writeTo(out);
    }
  }
}
