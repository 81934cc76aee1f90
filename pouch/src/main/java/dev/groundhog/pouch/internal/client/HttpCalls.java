package dev.groundhog.pouch.internal.client;

import dev.groundhog.pouch.PouchException;
import dev.groundhog.pouch.PouchException.Code;
import dev.groundhog.pouch.PouchHost;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Calls of Docker's API, over a unix socket or TCP. For several threads.
public final class HttpCalls implements Closeable {
  /// How long a daemon may take to answer what it has only to look up.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A daemon answers these when it can.
  public static final Duration FOR_EVER = Duration.ZERO;

  /// Of Docker's API.
  public static final String API_VERSION = "1.24";

  private static final int MAX_JSON_BYTES = 64 << 20;
  private static final int MAX_MESSAGE = 4_000;
  private static final int MAX_THREADS = 8;
  private static final int MAX_CAUSES = 10;
  private static final int FIRST_ERROR = 400;
  private static final int NOT_FOUND = 404;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final PouchHost host;
  private final HttpClient http;

  public HttpCalls(PouchHost host) throws IOException {
    this.host = host;
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setIdleTimeout(Duration.ZERO); // a silent log is no reason to hang up
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
    threads.setName("pouch-client");
    threads.setDaemon(true);
    connector.setExecutor(threads);
    http = new HttpClient(new HttpClientTransportOverHTTP(connector));
    http.setFollowRedirects(false);
    http.setConnectTimeout(PATIENCE.toMillis());
    http.setUserAgentField(null);
    try {
      http.start();
    } catch (Exception e) {
      throw new IOException("the HTTP client does not start: " + e.getMessage(), e);
    }
    http.getContentDecoderFactories().clear();
  }

  /// What is asked.
  ///
  /// @param path behind the version, of characters that need no escape
  /// @param patience how long the answer may take; [#FOR_EVER] is without limit
  public record Ask(String method, String path, Map<String, String> query, Duration patience) {
    public Ask {
      query = Map.copyOf(query);
    }

    public static Ask of(String method, String path) {
      return new Ask(method, path, Map.of(), PATIENCE);
    }

    public Ask with(Map<String, String> parameters) {
      return new Ask(method, path, parameters, patience);
    }

    public Ask patient(Duration time) {
      return new Ask(method, path, query, time);
    }
  }

  /// Asks, and reads the answer's JSON, which is missing if the answer is empty.
  public JsonNode json(Ask ask) throws IOException, InterruptedException {
    return answer(ask, Optional.empty());
  }

  /// Sends JSON, and reads the answer's.
  public JsonNode json(Ask ask, Object body) throws IOException, InterruptedException {
    return answer(ask, Optional.of(body));
  }

  private JsonNode answer(Ask ask, Optional<Object> body) throws IOException, InterruptedException {
    Request request = request(ask);
    body.ifPresent(value -> setJson(request, value));
    try (InputStream in = send(request, ask)) {
      return parse(in);
    }
  }

  /// Sends JSON, and gives the answer to be read while it comes. Closing it hangs up.
  public InputStream stream(Ask ask, Map<String, ?> body) throws IOException, InterruptedException {
    Request request = request(ask);
    if (!ask.method().equals("GET")) {
      setJson(request, body);
    }
    return send(request, ask);
  }

  /// Sends an archive, once the daemon says that it wants it.
  public InputStream upload(Ask ask, InputStream tar) throws IOException, InterruptedException {
    Request request =
        request(ask)
            .headers(fields -> fields.put(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString()))
            .body(new InputStreamRequestContent("application/x-tar", tar, null));
    return send(request, ask);
  }

  private static void setJson(Request request, Object body) {
    request.body(new StringRequestContent("application/json", MAPPER.writeValueAsString(body)));
  }

  private Request request(Ask ask) {
    Request request =
        switch (host) {
          case PouchHost.Unix unix ->
              http.newRequest("http://localhost").transport(new Transport.TCPUnix(unix.socket()));
          case PouchHost.Tcp tcp -> http.newRequest("http://" + tcp.name() + ":" + tcp.port());
        };
    request
        .method(ask.method())
        .path("/v" + API_VERSION + ask.path())
        .timeout(ask.patience().toMillis(), TimeUnit.MILLISECONDS);
    ask.query().forEach(request::param);
    return request;
  }

  private InputStream send(Request request, Ask ask) throws IOException, InterruptedException {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    request.send(listener);
    InputStream in = new AnswerStream(listener.getInputStream(), request, host);
    try {
      Response response = headers(listener, ask);
      if (response.getStatus() >= FIRST_ERROR) {
        throw refusal(response.getStatus(), in);
      }
      return in;
    } catch (IOException | InterruptedException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private Response headers(InputStreamResponseListener listener, Ask ask)
      throws PouchException, InterruptedException {
    try {
      return ask.patience().isZero()
          ? listener.get(Long.MAX_VALUE, TimeUnit.NANOSECONDS)
          : listener.get(ask.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new PouchException(
          Code.UNREACHABLE,
          "the daemon at " + host + " has not answered for " + ask.patience().toSeconds() + " s",
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof TimeoutException
          ? new PouchException(Code.UNREACHABLE, "the daemon at " + host + " does not answer", e)
          : new PouchException(
              Code.UNREACHABLE, "no daemon answers at " + host + ": " + reason(cause), e);
    }
  }

  /// Jetty says only where it could not connect; the system's reason lies below.
  private static String reason(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause.getCause() != null && depth < MAX_CAUSES; depth++) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static PouchException refusal(int status, InputStream in) throws IOException {
    String message;
    try {
      message = parse(in).path("message").asString("");
    } catch (PouchException _) {
      message = "";
    }
    String said =
        message.isEmpty()
            ? "the daemon answers " + status + " and says nothing of Docker's API"
            : cut(message.strip());
    return new PouchException(status == NOT_FOUND ? Code.NOT_FOUND : Code.REFUSED, said);
  }

  /// A daemon's words, in a length for people.
  static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
  }

  private static JsonNode parse(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_JSON_BYTES + 1);
    if (bytes.length == 0) {
      return MissingNode.getInstance();
    }
    if (bytes.length > MAX_JSON_BYTES) {
      throw new PouchException(
          Code.BROKEN, "the daemon's answer is longer than " + MAX_JSON_BYTES + " bytes");
    }
    try {
      return MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw new PouchException(
          Code.BROKEN, "the daemon's answer is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      http.close();
    } catch (Exception e) {
      throw new IOException("the HTTP client does not end: " + e.getMessage(), e);
    }
  }
}
