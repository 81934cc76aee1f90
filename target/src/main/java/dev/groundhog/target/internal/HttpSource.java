package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.TargetException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;

/// A server with net/http/pprof's paths. Redirects are not followed: a dump comes from where it was
/// asked.
public final class HttpSource implements Source {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final String GOROUTINES = "/debug/pprof/goroutine?debug=2";

  private final URI uri;

  /// `base` may be the server's root, `/debug/pprof/`, or the address of a profile.
  public HttpSource(URI base) {
    String path = base.getPath() == null ? "" : base.getPath();
    boolean isProfile = path.contains("/debug/pprof/") && !path.endsWith("/debug/pprof/");
    this.uri =
        isProfile
            ? base
            : URI.create(
                base.getScheme()
                    + "://"
                    + base.getRawAuthority()
                    + path.replaceFirst("(/debug/pprof)?/?$", "")
                    + GOROUTINES);
  }

  @Override
  public String name() {
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .build()) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).GET().build();
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new TargetException(
              Code.NOT_A_DUMP,
              uri + " answers " + response.statusCode() + ": does it serve net/http/pprof?");
        }
        return DumpReader.readAll(body);
      } finally {
        client.shutdownNow();
      }
    } catch (TargetException e) {
      throw e;
    } catch (DumpException e) {
      throw new TargetException(Code.NOT_A_DUMP, uri + ": " + e.getMessage(), e);
    } catch (HttpTimeoutException e) {
      throw new TargetException(Code.TIMEOUT, uri + " does not answer in time", e);
    } catch (ConnectException e) {
      throw new TargetException(
          Code.UNREACHABLE,
          "nothing listens at " + uri.getAuthority() + ": is the server running?",
          e);
    } catch (IOException e) {
      throw new TargetException(Code.UNREACHABLE, uri + " cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException(Code.TIMEOUT, "interrupted while reading " + uri, e);
    }
  }
}
