package dev.groundhog.e2e.disconnects;

import dev.groundhog.context.Disconnects;
import dev.groundhog.e2e.disconnects.BlockingServer.Mode;
import dev.groundhog.jetty.DisconnectHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// A Jetty whose handlers ignore that they are cancelled, until `/release`.
///
/// `/logs/{id}` waits; `/build` does so in a thread that it started; `/job` hands a task that waits
/// to the server's own pool, which starts its worker for it, and answers; `/interrupts` tells how
/// often a handler was interrupted.
///
/// `StubbornServer MODE`; its first line is the port.
public final class StubbornServer {
  private static final CountDownLatch RELEASED = new CountDownLatch(1);
  private static final AtomicInteger INTERRUPTS = new AtomicInteger();
  private static final ExecutorService POOL = Executors.newFixedThreadPool(1);

  private StubbornServer() {}

  public static void main(String[] args) throws Exception {
    Disconnects disconnects = Mode.valueOf(args[0]).disconnects().orElseThrow();
    Server server = new Server(new VirtualThreadPool(-1));
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    PathMappingsHandler mappings = new PathMappingsHandler();
    PathSpec build = new ServletPathSpec("/build");
    mappings.addMapping(
        new UriTemplatePathSpec("/logs/{id}"), watched(disconnects, StubbornServer::waitForever));
    mappings.addMapping(build, watched(disconnects, StubbornServer::build));
    mappings.addMapping(
        new ServletPathSpec("/job"),
        watched(disconnects, () -> POOL.execute(StubbornServer::waitForever)));
    mappings.addMapping(new ServletPathSpec("/release"), new Answering(RELEASED::countDown));
    mappings.addMapping(new ServletPathSpec("/interrupts"), new Answering(() -> {}));
    server.setHandler(mappings);
    server.start();
    System.out.println("listening " + connector.getLocalPort());
  }

  private static Handler watched(Disconnects disconnects, Runnable work) {
    return new DisconnectHandler(disconnects, new Answering(work));
  }

  private static void build() {
    Thread builder = Thread.ofVirtual().name("builder").start(StubbornServer::waitForever);
    while (builder.isAlive()) {
      try {
        builder.join();
      } catch (InterruptedException _) {
        INTERRUPTS.incrementAndGet();
      }
    }
  }

  private static void waitForever() {
    while (RELEASED.getCount() > 0) {
      try {
        RELEASED.await();
      } catch (InterruptedException _) {
        INTERRUPTS.incrementAndGet();
      }
    }
  }

  private static final class Answering extends Handler.Abstract {
    private final Runnable work;

    Answering(Runnable work) {
      this.work = work;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      work.run();
      Content.Sink.write(response, true, INTERRUPTS + " interrupts\n", callback);
      return true;
    }
  }
}
