package dev.groundhog.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.context.ClientRequest;
import dev.groundhog.context.Context;
import dev.groundhog.context.ContextException;
import dev.groundhog.context.DisconnectWatcher;
import dev.groundhog.context.Disconnects;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisconnectHandlerTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration IDLE = Duration.ofMillis(200);

  private final Server server = new Server();
  private final ServerConnector connector =
      new ServerConnector(
          server,
          new HttpConnectionFactory(),
          new HTTP2CServerConnectionFactory(new HttpConfiguration()));
  private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
  private final HTTP2Client http2 = new HTTP2Client();

  @BeforeEach
  void listen() {
    String missing = DisconnectWatcher.shared().missing();
    Assumptions.assumeTrue(missing.isEmpty(), missing);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
  }

  @AfterEach
  void stop() throws Exception {
    http2.stop();
    server.setStopTimeout(0);
    server.stop();
  }

  private void serve(Handler handler) throws Exception {
    server.setHandler(handler);
    server.start();
  }

  private void serveCancelling() throws Exception {
    serve(new DisconnectHandler(Disconnects.cancelling(), new Waiting()));
  }

  /// Says that a request began; `/short` is answered, `/async` is left to the test, all else waits.
  private final class Waiting extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      seen.add(ClientRequest.current().orElseThrow());
      switch (request.getHttpURI().getPath()) {
        case "/none" -> {
          return false;
        }
        case "/async" -> seen.add(callback);
        case "/whole" -> {
          Content.Sink.write(response, true, "ok", Callback.NOOP);
          seen.add(await() ? "interrupted" : "not interrupted");
          callback.succeeded();
        }
        case "/other" ->
            Context.current()
                .threadFactory(Thread.ofVirtual().factory())
                .newThread(() -> {
                  Content.Sink.write(response, true, "ok", callback);
                  LockSupport.parkNanos(20_000_000);
                  seen.add(
                      Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted");
                })
                .start();
        case "/short" -> {
          seen.add(Thread.currentThread().isInterrupted() ? "interrupted" : "not interrupted");
          callback.succeeded();
        }
        default -> {
          seen.add(await() ? "interrupted" : "not interrupted");
          callback.succeeded();
        }
      }
      return true;
    }
  }

  /// @return whether it was interrupted meanwhile
  private static boolean await() {
    try {
      Thread.sleep(Duration.ofSeconds(2));
      return false;
    } catch (InterruptedException _) {
      return true;
    }
  }

  private Socket ask(String path) throws Exception {
    Socket socket = new Socket(HERE, connector.getLocalPort());
    ask(socket, path);
    return socket;
  }

  private static void ask(Socket socket, String path) throws Exception {
    socket.getOutputStream().write(request(path));
  }

  private static byte[] request(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private ClientRequest begun() throws InterruptedException {
    return (ClientRequest) next();
  }

  private Object next() throws InterruptedException {
    return seen.poll(10, TimeUnit.SECONDS);
  }

  private static void assertGone(ClientRequest request) {
    assertThat(request.context().cancellation().orElseThrow().cause().orElseThrow())
        .isInstanceOfSatisfying(
            ContextException.class,
            e -> assertThat(e.code()).isEqualTo(ContextException.Code.CLIENT_GONE));
  }

  /// It has ended although its client was there.
  private static void assertEnded(ClientRequest request) throws InterruptedException {
    awaitEnd(request);
    assertThat(request.context().cancellation().orElseThrow().cause()).isEmpty();
  }

  private static void awaitEnd(ClientRequest request) throws InterruptedException {
    for (int i = 0; i < 1_000 && !request.context().isCancelled(); i++) {
      Thread.sleep(10);
    }
  }

  @Test
  void aHandlerIsInterruptedWhenItsClientLeaves() throws Exception {
    serveCancelling();
    ClientRequest request;
    try (Socket _ = ask("/")) {
      request = begun();
    }
    assertThat(next()).isEqualTo("interrupted");
    assertGone(request);
  }

  @Test
  void soOnAUnixSocket(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("s");
    UnixDomainServerConnector unix = new UnixDomainServerConnector(server);
    unix.setUnixDomainPath(path);
    server.addConnector(unix);
    serveCancelling();
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap(request("/")));
      begun();
    }
    assertThat(next()).isEqualTo("interrupted");
  }

  @Test
  void labellingInterruptsNobody() throws Exception {
    serve(new DisconnectHandler(Disconnects.labelling(), new Waiting()));
    ClientRequest request;
    try (Socket _ = ask("/")) {
      request = begun();
      assertThat(request.labels().clientGoneSince()).isEmpty();
    }
    assertThat(next()).isEqualTo("not interrupted");
    assertThat(request.labels().clientGoneSince()).isPresent();
  }

  @Test
  void whoHasItsWholeAnswerMayLeave() throws Exception {
    serveCancelling();
    ClientRequest request;
    try (Socket socket = ask("/whole")) {
      request = begun();
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
    assertThat(next()).isEqualTo("not interrupted");
    assertEnded(request);
    assertThat(request.labels().clientGoneSince()).isEmpty();
  }

  @Test
  void whoAnswersFromAThreadOfTheRequestIsNotInterruptedByItsEnd() throws Exception {
    serveCancelling();
    for (int i = 0; i < 20; i++) {
      try (Socket _ = ask("/other")) {
        assertEnded(begun());
        assertThat(next()).isEqualTo("not interrupted");
      }
    }
  }

  @Test
  void onOneConnectionEachRequestHasItsOwnContextWhichEndsWithIt() throws Exception {
    serveCancelling();
    try (Socket socket = ask("/short")) {
      ClientRequest first = begun();
      assertThat(next()).isEqualTo("not interrupted");
      socket.getInputStream().read();
      ask(socket, "/short");
      assertThat(begun()).isNotSameAs(first);
      assertThat(next()).isEqualTo("not interrupted");
      assertEnded(first);
    }
  }

  @Test
  void aRequestThatNobodyHandlesEndsToo() throws Exception {
    serveCancelling();
    try (Socket _ = ask("/none")) {
      assertEnded(begun());
    }
  }

  @Test
  void aRequestThatIsAnsweredLaterLastsUntilThen() throws Exception {
    serveCancelling();
    try (Socket socket = ask("/async")) {
      ClientRequest request = begun();
      Callback callback = (Callback) next();
      Thread.sleep(IDLE);
      assertThat(request.context().isCancelled()).as("handle() has returned").isFalse();
      callback.succeeded();
      assertEnded(request);
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
  }

  @Test
  void aClientThatLeavesMeanwhileIsNoticedThere() throws Exception {
    serveCancelling();
    ClientRequest request;
    try (Socket _ = ask("/async")) {
      request = begun();
    }
    awaitEnd(request);
    assertGone(request);
    ((Callback) next()).succeeded();
  }

  @Test
  void silenceIsNoLeaving() throws Exception {
    connector.setIdleTimeout(IDLE.toMillis());
    serveCancelling();
    try (Socket _ = ask("/")) {
      begun();
      assertThat(next()).isEqualTo("not interrupted");
    }
  }

  private Session connect() throws Exception {
    http2.start();
    return http2
        .connect(new InetSocketAddress(HERE, connector.getLocalPort()), new Session.Listener() {})
        .get(10, TimeUnit.SECONDS);
  }

  private Stream ask(Session session, String path) throws Exception {
    HttpURI uri = HttpURI.from("http://127.0.0.1:" + connector.getLocalPort() + path);
    MetaData.Request request =
        new MetaData.Request("GET", uri, HttpVersion.HTTP_2, HttpFields.EMPTY);
    return session
        .newStream(new HeadersFrame(request, null, true), new Stream.Listener() {})
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void oneStreamIsResetAndTheOtherIsAnswered() throws Exception {
    serveCancelling();
    Session session = connect();
    ask(session, "/async");
    ClientRequest staying = begun();
    Callback callback = (Callback) next();
    Stream leaving = ask(session, "/");
    ClientRequest left = begun();
    leaving.reset(
        new ResetFrame(leaving.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    assertThat(next()).isEqualTo("interrupted");
    assertGone(left);
    assertThat(staying.context().isCancelled()).isFalse();
    callback.succeeded();
    assertEnded(staying);
  }

  @Test
  void aLostConnectionEndsAllOfItsStreams() throws Exception {
    serveCancelling();
    Session session = connect();
    ask(session, "/");
    ClientRequest first = begun();
    ask(session, "/");
    ClientRequest second = begun();
    ((HTTP2Session) session).disconnect();
    assertThat(next()).isEqualTo("interrupted");
    assertThat(next()).isEqualTo("interrupted");
    assertGone(first);
    assertGone(second);
  }

  @Test
  void aSilentStreamIsNotGoneAndIsStillWatched() throws Exception {
    HTTP2CServerConnectionFactory factory =
        connector.getConnectionFactory(HTTP2CServerConnectionFactory.class);
    factory.setStreamIdleTimeout(IDLE.toMillis());
    serveCancelling();
    Session session = connect();
    Stream stream = ask(session, "/");
    ClientRequest request = begun();
    Thread.sleep(IDLE.multipliedBy(3));
    assertThat(request.context().isCancelled()).as("by its idle timeout").isFalse();
    stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    assertThat(next()).isEqualTo("interrupted");
    assertGone(request);
  }

  private String routeOf(String path) throws Exception {
    try (Socket _ = ask(path)) {
      return begun().labels().map().get("route");
    }
  }

  @Test
  void theRouteIsTheMappingThatMatchedNeverThePath() throws Exception {
    PathMappingsHandler users = new PathMappingsHandler();
    users.addMapping(
        PathSpec.from("/users/*"), new DisconnectHandler(Disconnects.cancelling(), new Waiting()));
    serve(new ContextHandler(users, "/api"));
    assertThat(routeOf("/api/users/7")).isEqualTo("/api/users/*");
  }

  @Test
  void withoutAMappingItIsWhereTheContextIs() throws Exception {
    serve(
        new ContextHandler(new DisconnectHandler(Disconnects.cancelling(), new Waiting()), "/api"));
    assertThat(routeOf("/api/users/7")).isEqualTo("/api");
  }

  @Test
  void ofAServletItIsItsPattern() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/app");
    context.addServlet(
        new ServletHolder(
            new HttpServlet() {
              private static final long serialVersionUID = 1;

              @Override
              protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                seen.add(ClientRequest.current().orElseThrow());
              }
            }),
        "/users/*");
    context.insertHandler(new DisconnectHandler(Disconnects.cancelling()));
    serve(context);
    assertThat(routeOf("/app/users/7")).isEqualTo("/app/users/*");
  }
}
