package dev.groundhog.target.internal;

import static dev.groundhog.target.TargetException.Code.NOT_A_DUMP;
import static dev.groundhog.target.TargetException.Code.TIMEOUT;
import static dev.groundhog.target.TargetException.Code.UNREACHABLE;
import static dev.groundhog.target.TargetException.Code.USAGE;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.TargetException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A dump that is asked for over HTTP: Go's `net/http/pprof`, our own endpoint, or any URL of a
/// dump. Where only a server is named, our own endpoint is asked first, since it tells more; a Go
/// server answers once that it has none.
///
/// Redirects are followed to the same host and port only: a dump comes from where it was asked.
public final class HttpSource implements Source {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// A collection of a large heap takes its time.
  private static final Duration PROOF_LIMIT = Duration.ofMinutes(2);

  private static final int MAX_REDIRECTS = 5;
  private static final String GOROUTINES = "/debug/pprof/goroutine";
  private static final String ALL = "?debug=2";
  private static final String SERVERS_END = GOROUTINES + ALL;
  static final String WHOLE = "/debug/groundhog/dump";
  private static final String LEAKED = "/debug/pprof/goroutineleak";
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final URI address;
  private final String authorization;
  private final Duration limit;

  /// Our own endpoint's dump, while the server may have it.
  private volatile Optional<URI> whole;

  private HttpSource(URI address, Optional<URI> whole, String authorization, Duration limit) {
    this.address = address;
    this.whole = whole;
    this.authorization = authorization;
    this.limit = limit;
  }

  /// `url` may be the server's root, `/debug/pprof/`, or the address of a dump. User and password
  /// in it are sent, and never shown.
  public static HttpSource of(String url) throws TargetException {
    return of(url, LIMIT);
  }

  static HttpSource of(String url, Duration limit) throws TargetException {
    try {
      URI given = new URI(url);
      if (given.getHost() == null || given.getPort() > 0xffff) {
        throw new URISyntaxException(url, "no host, or no such port");
      }
      URI address = completed(given);
      Optional<URI> whole =
          isWholeServer(given) ? Optional.of(address.resolve(WHOLE)) : Optional.empty();
      return new HttpSource(address, whole, authorization(given), limit);
    } catch (URISyntaxException e) {
      throw new TargetException(
          USAGE, "that is no valid URL (" + e.getReason() + "): give http://HOST:PORT", e);
    }
  }

  @Override
  public String name() {
    String whole = address.toString();
    return isServer() ? whole.substring(0, whole.length() - SERVERS_END.length()) : whole;
  }

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    try (Watchdog watchdog = new Watchdog("http", limit);
        HttpClient client = client()) {
      try {
        return dumps(client, watchdog);
      } catch (IOException e) {
        throw explained(e, watchdog);
      } finally {
        client.shutdownNow();
      }
    }
  }

  /// What our own endpoint is asked beside its dump.
  static String prove(Duration minWait) {
    return "?prove=1&min-wait=" + minWait.toSeconds();
  }

  @Override
  public List<Dump> proven(Duration minWait) throws TargetException {
    if (!isServer()) {
      throw new TargetException(
          USAGE, name() + " is one dump: a proof needs the address of the server");
    }
    try (Watchdog watchdog = new Watchdog("http", PROOF_LIMIT);
        HttpClient client = client()) {
      try {
        return proven(client, watchdog, minWait);
      } catch (IOException e) {
        throw explained(e, watchdog);
      } finally {
        client.shutdownNow();
      }
    }
  }

  /// Our own endpoint answers by JSON, or by a line that says why not; Go has a profile for it, and
  /// no least time.
  private List<Dump> proven(HttpClient client, Watchdog watchdog, Duration minWait)
      throws IOException {
    if (whole.isPresent()) {
      HttpResponse<InputStream> response =
          get(client, whole.get().resolve(WHOLE + prove(minWait)), PROOF_LIMIT);
      try (InputStream body = watchdog.guard(response.body())) {
        if (response.statusCode() == 200 && isJson(response)) {
          return Reading.all(address.toString(), body);
        }
        if (response.statusCode() == 503) {
          throw new TargetException(
              UNREACHABLE, name() + ": nothing was proven: " + FirstLine.of(body));
        }
      }
    }
    HttpResponse<InputStream> response = get(client, address.resolve(LEAKED + ALL), PROOF_LIMIT);
    try (InputStream body = watchdog.guard(response.body())) {
      if (response.statusCode() != 200) {
        throw new TargetException(
            UNREACHABLE,
            name()
                + " proves nothing: a JVM with Groundhog's agent can, and a Go server since 1.27");
      }
      return Reading.all(address.toString(), body);
    }
  }

  @Override
  public KnownFunctions knownFunctions(Dump dump) {
    if (whole.isPresent()) {
      LocalFunctions local = new LocalFunctions(address.getHost(), port(), dump);
      return KnownFunctions.asked(pattern -> told(pattern).or(() -> local.told(pattern)), dump);
    }
    return GoFunctions.at(address.getHost(), port(), dump);
  }

  @Override
  public MarkedFunctions markedFunctions() throws TargetException {
    if (!isServer()) {
      throw cannotTell("give the server's address, not that of one dump");
    }
    try (Watchdog watchdog = new Watchdog("http", limit);
        HttpClient client = client()) {
      try {
        return markedFunctions(client, watchdog);
      } catch (IOException e) {
        throw explained(e, watchdog);
      } finally {
        client.shutdownNow();
      }
    }
  }

  private MarkedFunctions markedFunctions(HttpClient client, Watchdog watchdog) throws IOException {
    HttpResponse<InputStream> response = get(client, address.resolve(MarkedJson.PATH));
    try (InputStream body = watchdog.guard(response.body())) {
      Optional<MarkedFunctions> marked =
          response.statusCode() == 200 && isJson(response)
              ? MarkedJson.read(body)
              : Optional.empty();
      return marked.orElseThrow(() ->
          cannotTell("a JVM with Groundhog's agent or endpoint does, this server has neither"));
    }
  }

  private boolean isServer() {
    return address.toString().endsWith(SERVERS_END);
  }

  private int port() {
    return address.getPort() >= 0 ? address.getPort() : isTls() ? 443 : 80;
  }

  private Optional<KnownFunctions.Told> told(FunctionPattern pattern) {
    try (Watchdog watchdog = new Watchdog("http", limit);
        HttpClient client = client()) {
      return AgentFunctions.told(
          pattern,
          path -> {
            HttpResponse<InputStream> response = get(client, address.resolve(path));
            InputStream body = watchdog.guard(response.body());
            return response.statusCode() == 200 ? body : InputStream.nullInputStream();
          });
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT_LIMIT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  private boolean isTls() {
    return "https".equalsIgnoreCase(address.getScheme());
  }

  private List<Dump> dumps(HttpClient client, Watchdog watchdog) throws IOException {
    if (whole.isPresent()) {
      HttpResponse<InputStream> response = get(client, whole.get());
      try (InputStream body = watchdog.guard(response.body())) {
        if (response.statusCode() == 200 && isJson(response)) {
          return Reading.all(address.toString(), body);
        }
      } catch (TargetException e) {
        if (e.code() != NOT_A_DUMP) {
          throw e;
        }
      }
      // Many a server answers every path that it does not know with a page of its own.
      whole = Optional.empty();
    }
    URI next = address;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response = get(client, next);
      try (InputStream body = watchdog.guard(response.body())) {
        if (response.statusCode() == 200) {
          return Reading.all(address.toString(), body);
        } else if (!REDIRECTS.contains(response.statusCode())) {
          throw status(response.statusCode());
        }
      }
      next = redirected(next, response.headers().firstValue("Location").orElse(""));
    }
    throw new TargetException(
        UNREACHABLE, address + " redirects too often: give the URL that it ends at");
  }

  private static boolean isJson(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
  }

  private HttpResponse<InputStream> get(HttpClient client, URI uri) throws IOException {
    return get(client, uri, limit);
  }

  private HttpResponse<InputStream> get(HttpClient client, URI uri, Duration time)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(time);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private URI redirected(URI from, String location) throws TargetException {
    try {
      URI to = from.resolve(new URI(location));
      if (origin(to).equals(origin(from))) {
        return to;
      }
    } catch (URISyntaxException _) {
      // told as any other place that we don't go to
    }
    throw new TargetException(
        UNREACHABLE,
        address + " redirects elsewhere, to '" + location + "': give that URL if you trust it");
  }

  private static String origin(URI uri) {
    return (uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort()).toLowerCase(Locale.ROOT);
  }

  private TargetException status(int status) {
    String next =
        switch (status) {
          case 400 -> isTls() ? "look at the server's log" : "does it want https://?";
          case 401, 403 -> "give user and password as in http://USER:PASSWORD@HOST";
          case 404 -> "does it serve net/http/pprof? Else give the whole URL of a dump";
          default -> "look at the server's log";
        };
    return new TargetException(NOT_A_DUMP, address + " answers HTTP " + status + ": " + next);
  }

  private TargetException explained(IOException e, Watchdog watchdog) {
    IOException cause = e;
    if (isTls() && e instanceof HttpConnectTimeoutException) {
      cause = handshakeFailure(watchdog).orElse(e);
    }
    if (watchdog.barked() || cause instanceof HttpTimeoutException) {
      return new TargetException(
          TIMEOUT, address + " does not answer in time: is it up, and not behind a firewall?", e);
    } else if (cause instanceof TargetException told) {
      return told;
    }
    return new TargetException(UNREACHABLE, unreachable(cause), cause);
  }

  /// Why a server that takes connections ended none of them in time. The JDK's client loses the
  /// failure of about one handshake in a hundred and waits on for it, so a socket is asked.
  private Optional<IOException> handshakeFailure(Watchdog watchdog) {
    try (Socket plain = watchdog.guard(new Socket())) {
      plain.connect(
          new InetSocketAddress(address.getHost(), port()), (int) CONNECT_LIMIT.toMillis());
      plain.setSoTimeout((int) CONNECT_LIMIT.toMillis());
      SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
      try (Socket socket = tls.createSocket(plain, address.getHost(), port(), true)) {
        ((SSLSocket) socket).startHandshake();
      }
      return Optional.empty();
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private String unreachable(IOException e) {
    String place = address.getAuthority();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertPathBuilderException _, CertificateException _ -> {
          return "the certificate of "
              + place
              + " is not trusted: give its authority to Java, as in"
              + " JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=FILE";
        }
        case UnresolvedAddressException _ -> {
          return "no host is called " + address.getHost() + ": is the name right?";
        }
        default -> {}
      }
    }
    return e instanceof SSLException
        ? place + " does not speak TLS (" + e.getMessage() + "): try http://" + place
        : "nothing that speaks HTTP at " + place + ": is the server running?";
  }

  private static String authorization(URI given) {
    String user = given.getUserInfo();
    return user == null
        ? ""
        : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isWholeServer(URI given) {
    String path = given.getRawPath() == null ? "" : given.getRawPath();
    return path.isEmpty() || path.equals("/") || path.matches(".*/debug/pprof/?");
  }

  /// Without the user, and with the path of the goroutines where only a server was given.
  private static URI completed(URI given) throws URISyntaxException {
    String path = given.getRawPath() == null ? "" : given.getRawPath();
    String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
    if (isWholeServer(given)) {
      path = path.replaceFirst("(/debug/pprof)?/?$", "") + GOROUTINES;
      query = ALL;
    }
    String port = given.getPort() < 0 ? "" : ":" + given.getPort();
    return new URI(given.getScheme() + "://" + given.getHost() + port + path + query);
  }
}
