package dev.groundhog.e2e.disconnects;

import dev.groundhog.context.ClientRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A connection that a servlet has upgraded: its handler blocks like the others, then writes.
public final class UpgradedServlet implements HttpUpgradeHandler {
  private final CompletableFuture<WebConnection> connection = new CompletableFuture<>();

  void serve(Blocking blocking, String id) {
    Optional<ClientRequest> client = ClientRequest.current();
    Thread.ofVirtual()
        .name("upgraded")
        .start(() -> {
          String answer =
              client
                  .map(some -> some.call(() -> blocking.answer(id)))
                  .orElseGet(() -> blocking.answer(id));
          try {
            WebConnection upgraded = connection.join();
            upgraded.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            upgraded.close();
          } catch (Exception _) {
            // the client has gone
          }
        });
  }

  @Override
  public void init(WebConnection upgraded) {
    connection.complete(upgraded);
  }

  @Override
  public void destroy() {
    // nothing is held
  }
}
