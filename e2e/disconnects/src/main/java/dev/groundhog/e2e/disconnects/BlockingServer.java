package dev.groundhog.e2e.disconnects;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.groundhog.context.DisconnectFilter;
import dev.groundhog.context.Disconnects;
import dev.groundhog.jetty.DisconnectHandler;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// A server of one kind. Its handlers block: `/block?ID` until `/release?ID` or an interrupt,
/// `/interrupted?ID` until an interrupt, of which `/told` tells, `/work?MICROS` for some time.
///
/// `BlockingServer KIND MODE KEYSTORE-OR-SOCKET [PORT]`; its first line is the address.
public final class BlockingServer {
  static final String PASSWORD = "groundhog";

  /// So many may connect at a time.
  private static final int BACKLOG = 4_096;

  private BlockingServer() {}

  enum Kind {
    JDK,
    JDK_TLS,
    JETTY,
    JETTY_TLS,
    JETTY_UNIX,
    JETTY_SERVLET,
    JETTY_H2,
    JETTY_SERVLET_H2
  }

  enum Mode {
    BARE,
    CANCEL,
    CANCEL_HALF_CLOSE,
    LABEL;

    Optional<Disconnects> disconnects() {
      return switch (this) {
        case BARE -> Optional.empty();
        case CANCEL -> Optional.of(Disconnects.cancelling());
        case CANCEL_HALF_CLOSE -> Optional.of(Disconnects.cancelling().withHalfClose());
        case LABEL -> Optional.of(Disconnects.labelling());
      };
    }
  }

  public static void main(String[] args) throws Exception {
    Kind kind = Kind.valueOf(args[0]);
    Optional<Disconnects> disconnects = Mode.valueOf(args[1]).disconnects();
    Path file = Path.of(args[2]);
    Blocking blocking = new Blocking();
    startPollers();
    switch (kind) {
      case JDK, JDK_TLS -> jdk(kind, disconnects, file, blocking);
      case JETTY, JETTY_TLS, JETTY_UNIX, JETTY_H2, JETTY_SERVLET, JETTY_SERVLET_H2 ->
          jetty(kind, disconnects, file, blocking);
    }
  }

  /// The JDK starts its pollers, with their descriptors and threads, when a virtual thread first
  /// finds nothing to read on a socket. That is to be now, and not when others count what is left.
  private static void startPollers() throws IOException, InterruptedException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket listening = new ServerSocket(0, 1, loopback);
        Socket writer = new Socket(loopback, listening.getLocalPort());
        Socket reader = listening.accept()) {
      Thread reading =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  reader.getInputStream().read();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      while (reading.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
      writer.getOutputStream().write(0);
      reading.join();
    }
  }

  private static void jdk(
      Kind kind, Optional<Disconnects> disconnects, Path keyStore, Blocking blocking)
      throws IOException, GeneralSecurityException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    HttpServer server;
    if (kind == Kind.JDK_TLS) {
      HttpsServer https = HttpsServer.create(any, BACKLOG);
      https.setHttpsConfigurator(new HttpsConfigurator(tls(keyStore)));
      server = https;
    } else {
      server = HttpServer.create(any, BACKLOG);
    }
    HttpContext context = server.createContext("/", exchange -> answer(exchange, blocking));
    disconnects.ifPresent(some -> context.getFilters().add(new DisconnectFilter(some)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    System.out.println("listening " + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, Blocking blocking) throws IOException {
    try (exchange) {
      String text =
          blocking.handle(
              exchange.getRequestURI().getPath(),
              Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static SSLContext tls(Path keyStore) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static void jetty(
      Kind kind, Optional<Disconnects> disconnects, Path file, Blocking blocking) throws Exception {
    Server server = new Server(new VirtualThreadPool(-1));
    HttpConnectionFactory http = new HttpConnectionFactory(new HttpConfiguration());
    if (kind == Kind.JETTY_UNIX) {
      UnixDomainServerConnector unix = new UnixDomainServerConnector(server, http);
      unix.setUnixDomainPath(file);
      server.addConnector(unix);
    } else {
      ServerConnector connector =
          switch (kind) {
            case JETTY_TLS -> {
              SslContextFactory.Server tls = new SslContextFactory.Server();
              tls.setKeyStorePath(file.toString());
              tls.setKeyStorePassword(PASSWORD);
              yield new ServerConnector(server, new SslConnectionFactory(tls, "http/1.1"), http);
            }
            case JETTY_H2, JETTY_SERVLET_H2 ->
                new ServerConnector(
                    server, http, new HTTP2CServerConnectionFactory(http.getHttpConfiguration()));
            default -> new ServerConnector(server, http);
          };
      connector.setHost("127.0.0.1");
      connector.setAcceptQueueSize(BACKLOG);
      server.addConnector(connector);
    }
    if (kind == Kind.JETTY_SERVLET || kind == Kind.JETTY_SERVLET_H2) {
      ServletContextHandler context = new ServletContextHandler("/");
      context.addServlet(new ServletHolder(new BlockingServlet(blocking)), "/*");
      disconnects.ifPresent(some -> context.insertHandler(new DisconnectHandler(some)));
      server.setHandler(context);
    } else {
      Handler handler = new BlockingHandler(blocking, disconnects);
      server.setHandler(
          disconnects.<Handler>map(some -> new DisconnectHandler(some, handler)).orElse(handler));
    }
    server.start();
    System.out.println(
        "listening "
            + (server.getConnectors()[0] instanceof ServerConnector tcp ? tcp.getLocalPort() : 0));
  }

  /// In Jetty's core.
  private static final class BlockingHandler extends Handler.Abstract {
    private final Blocking blocking;
    private final Optional<Disconnects> disconnects;

    BlockingHandler(Blocking blocking, Optional<Disconnects> disconnects) {
      this.blocking = blocking;
      this.disconnects = disconnects;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = request.getHttpURI().getPath();
      String query = Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
      if (path.equals("/upgrade")) {
        UpgradedConnection.upgrade(request, response, blocking, query, disconnects);
        callback.succeeded();
        return true;
      }
      Content.Sink.write(response, true, blocking.handle(path, query), callback);
      return true;
    }
  }

  /// In a servlet.
  private static final class BlockingServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Blocking blocking;

    BlockingServlet(Blocking blocking) {
      this.blocking = blocking;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      if (request.getRequestURI().equals("/upgrade")) {
        response.setStatus(101);
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Upgrade", "tcp");
        UpgradedServlet handler = request.upgrade(UpgradedServlet.class);
        handler.serve(blocking, request.getQueryString());
        return;
      }
      response
          .getWriter()
          .write(
              blocking.handle(
                  request.getRequestURI(),
                  Objects.requireNonNullElse(request.getQueryString(), "")));
    }
  }
}
