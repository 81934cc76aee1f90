import com.sun.net.httpserver.HttpServer;
import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.DebugHandler;
import dev.groundhog.endpoint.ThisJvm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A program that mounts the endpoint in the JDK's own HTTP server. */
public final class OwnServer {
  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var endpoint = new DebugEndpoint(ThisJvm.open(), List.of("own-server"));
    server.createContext("/debug/", DebugHandler.of(endpoint, AccessRule.sameUser()));
    server.start();
    System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
  }
}
