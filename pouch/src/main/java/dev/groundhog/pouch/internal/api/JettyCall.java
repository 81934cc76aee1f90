package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
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
  private final Map<String, String> variables;
  private final Fields query;

  JettyCall(Request request, Response response, Map<String, String> variables) {
    this.request = request;
    this.response = response;
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
    byte[] bytes = Json.MAPPER.writeValueAsBytes(body);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length + 1L);
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      if (!method().equals("HEAD")) {
        out.write(bytes);
        out.write('\n');
      }
    }
  }

  @Override
  public void empty(int status) throws IOException {
    response.setStatus(status);
    Content.Sink.asOutputStream(response).close();
  }

  @Override
  public OutputStream stream(String contentType) throws IOException {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    OutputStream out = Content.Sink.asOutputStream(response);
    out.flush();
    return out;
  }
}
