package dev.groundhog.e2e.libraries;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// A server with one connector.
record JettyServer() implements Library {
  private static final int MAX_THREADS = 20;
  private static final int MIN_THREADS = 4;
  private static final int IDLE_MILLIS = 60_000;

  @Override
  public String title() {
    return "Jetty";
  }

  @Override
  public Class<?> from() {
    return Server.class;
  }

  @Override
  public String stoppedBy() {
    return "`Server.stop()`";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`new QueuedThreadPool(…, factory)`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("qtpN-N");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) throws Exception {
    QueuedThreadPool pool =
        factory
            .map(own ->
                new QueuedThreadPool(MAX_THREADS, MIN_THREADS, IDLE_MILLIS, -1, null, null, own))
            .orElseGet(QueuedThreadPool::new);
    Server server = new Server(pool);
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Answer());
    server.start();
    return new Started() {
      @Override
      public void use() throws Exception {
        Peer.ask(connector.getLocalPort());
      }

      @Override
      public void stop() throws Exception {
        server.stop();
      }
    };
  }

  private static final class Answer extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      callback.succeeded();
      return true;
    }
  }
}
