package dev.groundhog.endpoint;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the answers of all paths have in common.
final class Answers {
  static final int OK = 200;
  static final int MOVED = 301;
  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int NOT_FOUND = 404;
  static final int NOT_ALLOWED = 405;
  static final int UNAVAILABLE = 503;
  static final String HTML = "text/html; charset=utf-8";
  static final String TEXT = "text/plain; charset=utf-8";

  private Answers() {}

  /// Text that is written while it is made.
  interface Text {
    void writeTo(Writer out) throws IOException;
  }

  static Map<String, String> headers(String type) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    headers.put("X-Content-Type-Options", "nosniff");
    return headers;
  }

  /// [#headers], which also say which threads cannot be seen, if some cannot.
  static Map<String, String> headers(String type, ThisJvm jvm) {
    Map<String, String> headers = headers(type);
    if (!jvm.missing().isEmpty()) {
      headers.put("X-Groundhog-Missing", jvm.missing());
    }
    return headers;
  }

  /// [#headers(String, ThisJvm)], which also say what a proof was, and what it has done.
  static Map<String, String> headers(String type, ThisJvm jvm, Proof proof) {
    Map<String, String> headers = headers(type, jvm);
    headers.put(
        "X-Groundhog-Proof",
        proof.leaked().size()
            + proof
                .effort()
                .map(Answers::text)
                .orElse(" waiting threads are leaked, as collections of this JVM's own have found")
            + "; weak references to what only leaked threads reach are cleared");
    return headers;
  }

  private static String text(Proof.Effort effort) {
    return " of "
        + effort.candidates()
        + " waiting threads are leaked; "
        + effort.took().toMillis()
        + " ms, of these "
        + effort.collecting().toMillis()
        + " ms to collect";
  }

  /// For good, as Go's server says it.
  static Answer moved(String path) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", HTML);
    headers.put("Location", path);
    return new Answer(MOVED, headers, text("<a href=\"" + path + "\">Moved Permanently</a>.\n\n"));
  }

  static Answer.Body text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  static Answer.Body written(Text text) {
    return out -> {
      Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      text.writeTo(writer);
      writer.flush();
    };
  }
}
