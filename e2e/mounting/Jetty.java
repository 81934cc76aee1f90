import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A program on Jetty that mounts the endpoint. */
public final class Jetty {
  public static void main(String[] args) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new DebugInJetty(
            new DebugEndpoint(ThisJvm.open(), List.of("jetty")), AccessRule.sameUser()));
    server.start();
    System.out.println("listening on http://127.0.0.1:" + connector.getLocalPort());
  }
}
