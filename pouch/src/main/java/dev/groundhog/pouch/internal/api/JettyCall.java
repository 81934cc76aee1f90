package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A call that Jetty carries. For the thread that handles it.
final class JettyCall implements Call {
  private static final int MAX_JSON_BYTES = 4 << 20;

  private final Request request;
  private final Response response;
  private final String route;
  private final Map<String, String> variables;
  private final Fields query;

  /// @param route the template that matched
  /// @param variables the parts of the path that stand for its names
  JettyCall(Request request, Response response, String route, Map<String, String> variables) {
    this.request = request;
    this.response = response;
    this.route = route;
    this.variables = variables;
    this.query = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name);
    }
    return value;
  }

  @Override
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.getValue(name)).filter(value -> !value.isEmpty());
  }

  @Override
  public JsonNode json() {
    byte[] bytes;
    try (InputStream in = Content.Source.asInputStream(request)) {
      bytes = in.readNBytes(MAX_JSON_BYTES + 1);
    } catch (IOException e) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, "the body cannot be read", e);
    }
    if (bytes.length == 0) {
      return MissingNode.getInstance();
    }
    if (bytes.length > MAX_JSON_BYTES) {
      throw bad("the body is larger than " + MAX_JSON_BYTES + " bytes");
    }
    String type = Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).orElse("");
    if (!type.split(";", 2)[0].trim().equalsIgnoreCase("application/json")) {
      throw bad("Content-Type specified (" + type + ") must be 'application/json'");
    }
    try {
      JsonNode node = Json.MAPPER.readTree(bytes);
      if (!node.isObject()) {
        throw bad("the body is no JSON object");
      }
      return node;
    } catch (JacksonException e) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST, "the body is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public InputStream body() {
    return Content.Source.asInputStream(request);
  }

  private static ApiException bad(String message) {
    return new ApiException(ApiException.Code.BAD_REQUEST, message);
  }

  @Override
  public void json(int status, Object body) throws IOException {
    byte[] object = Json.MAPPER.writeValueAsBytes(body);
    byte[] bytes = Arrays.copyOf(object, object.length + 1);
    bytes[object.length] = '\n';
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      if (!method().equals("HEAD")) {
        out.write(bytes);
      }
    }
  }

  @Override
  public void empty(int status) throws IOException {
    response.setStatus(status);
    Content.Sink.asOutputStream(response).close();
  }

  @Override
  public void hijack(Takeover takeover) throws IOException {
    boolean isOpened = false;
    try {
      json(); // Jetty hands over only what has no body left
      JettyDuplex duplex =
          new JettyDuplex(
              request.getConnectionMetaData().getConnection().getEndPoint(),
              request.getComponents().getExecutor(),
              method(),
              route,
              takeover);
      request.addHttpStreamWrapper(stream -> new Handover(stream, takeover));
      // Wrappers keep attributes to themselves, and Jetty asks its own request.
      Request.unWrap(request).setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, duplex);
      isOpened = true;
    } finally {
      if (!isOpened) {
        takeover.close();
      }
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/vnd.docker.raw-stream");
    if (request.getHeaders().contains(HttpHeader.UPGRADE, "tcp")) {
      response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
      response.getHeaders().put(HttpHeader.CONNECTION, "Upgrade").put(HttpHeader.UPGRADE, "tcp");
    } else {
      response.setStatus(HttpStatus.OK_200);
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      sendHead();
    }
  }

  /// Without it Jetty would say that the body is empty.
  private void sendHead() throws IOException {
    Content.Sink.asOutputStream(response).flush();
  }

  /// Sees that a takeover ends where there is nothing to take.
  private static final class Handover extends HttpStream.Wrapper {
    private final Takeover takeover;

    Handover(HttpStream stream, Takeover takeover) {
      super(stream);
      this.takeover = takeover;
    }

    @Override
    public void failed(Throwable cause) {
      takeover.close();
      super.failed(cause);
    }
  }

  @Override
  public OutputStream stream(String contentType) throws IOException {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    OutputStream out = new Stream(Content.Sink.asOutputStream(response));
    out.flush();
    return out;
  }

  /// Its end is the action's, of which nobody knows yet whether it succeeds when it closes this.
  private static final class Stream extends FilterOutputStream {
    Stream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
