package newcomer;

import com.sun.net.httpserver.HttpServer;
import dev.groundhog.junit.LeakCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Nobody closes the client, which is held: an unreachable one would end by itself.
@LeakCheck
class HttpLeakTest {
  private static HttpClient held;

  @Test
  @Tag("many")
  void platform() throws Exception {
    held = HttpClient.newHttpClient();
    Http.answer(held);
  }
}

@LeakCheck
class HttpCleanTest {
  @Test
  void platform() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      Http.answer(client);
    }
  }
}

final class Http {
  private Http() {}

  /// Asks a server that is there for as long.
  static void answer(HttpClient client) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    } finally {
      server.stop(0);
    }
  }
}
