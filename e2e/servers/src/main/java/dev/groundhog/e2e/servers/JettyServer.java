package dev.groundhog.e2e.servers;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Jetty with its own pool; its handlers run there, or on virtual threads.
public final class JettyServer {
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private JettyServer() {}

  public static void main(String[] args) throws Exception {
    QueuedThreadPool pool = new QueuedThreadPool();
    if (Arguments.virtual(args)) {
      pool.setVirtualThreadsExecutor(
          (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    }
    Server server = new Server(pool);
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Answers());
    server.start();
    Arguments.listening(connector.getLocalPort());
    server.join();
  }

  static void leak() throws InterruptedException {
    NEVER.await();
  }

  private static final class Answers extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (Request.getPathInContext(request).equals("/leak")) {
        leak();
      }
      response.write(true, StandardCharsets.UTF_8.encode("ok\n"), callback);
      return true;
    }
  }
}
