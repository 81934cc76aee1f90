package dev.groundhog.pouch.internal.api;

import dev.groundhog.context.Disconnects;
import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.Answer;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.jetty.DisconnectHandler;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// Serves the API over unix sockets, and over TCP to whom the rule lets in.
public final class ApiServer implements Closeable {
  private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final Pattern VERSIONED = Pattern.compile("/v(\\d+\\.\\d+)(/.*)");

  /// So many may wait to be let in, if the kernel allows it: a client that does not block is turned
  /// away from a unix socket where more do, and some then wait for ever.
  private static final int BACKLOG = 4_096;

  /// Of a file's mode, as in stat(2).
  private static final int FILE_TYPE = 0xf000;

  private static final int SOCKET = 0xc000;

  /// As proxies count a client that has left; one that only listens still can read it.
  private static final int CLIENT_LEFT = 499;

  private final Server server = new Server(new VirtualThreadPool(-1));

  /// By port. Requests may come before all are known.
  private final Map<Integer, AccessRule> rules = new ConcurrentHashMap<>();

  private final ApiVersions versions;
  private final Optional<DebugEndpoint> debug;

  /// @param disconnects what happens when a client leaves
  /// @param debug served on TCP beside the API
  public ApiServer(
      Routes routes, ApiVersions versions, Disconnects disconnects, Optional<DebugEndpoint> debug) {
    this.versions = versions;
    this.debug = debug;
    server.setErrorHandler(new Failures.OfJetty());
    server.setHandler(
        new Entering(new Finding(routes, new DisconnectHandler(disconnects, new Acting()))));
  }

  /// Listens on a unix socket that members of its group may use. Its folder is made for it alone,
  /// if only that is not there.
  public void listen(Path socket) throws IOException {
    Path folder = Objects.requireNonNull(socket.toAbsolutePath().getParent());
    if (!Files.isDirectory(folder)) {
      makePrivate(folder);
    }
    removeUnlessInUse(socket);
    UnixDomainServerConnector connector = new UnixDomainServerConnector(server, http());
    connector.setUnixDomainPath(socket);
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
  }

  private static void makePrivate(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no folder " + folder.getParent() + " for the socket", e);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("the socket's folder is no folder: " + folder, e);
    }
  }

  /// A daemon that was killed has left its socket.
  private static void removeUnlessInUse(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new IOException("there is something else than a socket: " + socket);
    }
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    } catch (ConnectException _) {
      Files.delete(socket);
      return;
    }
    throw new IOException("somebody listens there already: " + socket);
  }

  /// Listens on an address of this machine.
  public void listen(InetSocketAddress address) {
    ServerConnector connector = new ServerConnector(server, http());
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
  }

  private static HttpConnectionFactory http() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setIdleTimeout(0); // a silent log is no reason to hang up
    return new HttpConnectionFactory(configuration);
  }

  /// @return the ports of the TCP addresses, in their order
  public List<Integer> start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw e.getCause() instanceof BindException cause // Jetty says only where
          ? new IOException(e.getMessage() + ": " + cause.getMessage(), e)
          : e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    List<Integer> ports = new ArrayList<>();
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof ServerConnector tcp) {
        ports.add(tcp.getLocalPort());
        rules.put(
            tcp.getLocalPort(),
            AccessRule.loopback(new InetSocketAddress(tcp.getHost(), tcp.getLocalPort())));
      } else if (connector instanceof UnixDomainServerConnector unix) {
        Files.setPosixFilePermissions(
            unix.getUnixDomainPath(), PosixFilePermissions.fromString("rw-rw----"));
      }
    }
    return ports;
  }

  @Override
  public void close() throws IOException {
    try {
      server.setStopTimeout(0);
      server.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /// Who may come in at all, which version it speaks, and the debug address.
  private final class Entering extends Handler.Wrapper {
    Entering(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Optional<AccessRule.Decision> decision = decide(request);
      String path = request.getHttpURI().getDecodedPath();
      if (decision.isPresent() && debug.isPresent() && path.startsWith("/debug/")) {
        return debug(request, response, callback, debug.get(), decision.get());
      }
      if (decision.isPresent() && !decision.get().allowed()) {
        Failures.send(response, callback, decision.get().status(), decision.get().reason());
        return true;
      }
      response.getHeaders().put("Api-Version", versions.newest());
      response.getHeaders().put("Ostype", "linux");
      response.getHeaders().put("Server", "pouchd (linux)");
      Matcher versioned = VERSIONED.matcher(request.getHttpURI().getCanonicalPath());
      Request unversioned = request;
      if (versioned.matches()) {
        Optional<String> refusal = versions.refusal(versioned.group(1));
        if (refusal.isPresent()) {
          Failures.send(response, callback, Code.BAD_REQUEST.status(), refusal.get());
          return true;
        }
        unversioned =
            Request.serveAs(
                request,
                HttpURI.build(request.getHttpURI()).path(versioned.group(2)).asImmutable());
      }
      if (!super.handle(unversioned, response, callback)) {
        Failures.send(response, callback, Code.NOT_FOUND.status(), "page not found");
      }
      return true;
    }

    private Optional<AccessRule.Decision> decide(Request request) {
      if (!(request.getConnectionMetaData().getLocalSocketAddress()
              instanceof InetSocketAddress local)
          || !(request.getConnectionMetaData().getRemoteSocketAddress()
              instanceof InetSocketAddress remote)) {
        return Optional.empty(); // a unix socket's permissions have decided
      }
      AccessRule rule = rules.get(local.getPort());
      return Optional.of(
          rule == null
              ? new AccessRule.Decision(Code.FORBIDDEN.status(), "not started yet")
              : rule.decide(local, remote, request.getHeaders()::getValuesList));
    }

    private static boolean debug(
        Request request,
        Response response,
        Callback callback,
        DebugEndpoint endpoint,
        AccessRule.Decision decision)
        throws IOException {
      Answer answer =
          endpoint.answer(
              new dev.groundhog.endpoint.Request(
                  request.getMethod(),
                  request.getHttpURI().getDecodedPath(),
                  Objects.requireNonNullElse(request.getHttpURI().getQuery(), "")),
              decision);
      response.setStatus(answer.status());
      answer.headers().forEach(response.getHeaders()::put);
      try (OutputStream out = Response.asBufferedOutputStream(request, response)) {
        if (!request.getMethod().equals("HEAD")) {
          answer.body().writeTo(out);
        }
      }
      callback.succeeded();
      return true;
    }
  }

  /// Finds a request's route, and says so as Jetty's own handlers do, for the labels of its thread.
  private static final class Finding extends Handler.Wrapper {
    private final Routes routes;

    Finding(Routes routes, Handler handler) {
      super(handler);
      this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
      Optional<Routes.Found> found = routes.find(method, request.getHttpURI().getCanonicalPath());
      if (found.isEmpty()) {
        return false;
      }
      Request routed = new Request.AttributesWrapper(request, new Attributes.Layer(request));
      routed.setAttribute(Acting.FOUND, found.get());
      routed.setAttribute(
          PathMappingsHandler.PATHSPEC_ATTR, new UriTemplatePathSpec(found.get().template()));
      return super.handle(routed, response, callback);
    }
  }

  /// Runs the action of a route.
  private static final class Acting extends Handler.Abstract {
    static final String FOUND = Routes.Found.class.getName();

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      if (!(request.getAttribute(FOUND) instanceof Routes.Found route)) {
        return false;
      }
      JettyCall call = new JettyCall(request, response, route.template(), route.variables());
      try {
        route.action().run(call);
        callback.succeeded();
      } catch (ApiException e) {
        Failures.send(response, callback, e.code().status(), String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Failures.send(response, callback, CLIENT_LEFT, "the client has left");
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "a request failed", e);
        Failures.send(response, callback, Code.INTERNAL.status(), String.valueOf(e.getMessage()));
      } catch (RuntimeException | Error e) {
        if (Failures.isOfInterrupt(e)) {
          Failures.send(response, callback, CLIENT_LEFT, "the client has left");
          return true;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "a fault of pouchd: " + request.getMethod() + " " + route.template(),
            e);
        Failures.send(response, callback, Code.INTERNAL.status(), String.valueOf(e.getMessage()));
      }
      return true;
    }
  }
}
