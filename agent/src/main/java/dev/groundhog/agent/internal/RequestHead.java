package dev.groundhog.agent.internal;

import dev.groundhog.endpoint.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The request line and the headers of an HTTP/1.x request (RFC 9112).
///
/// @param target what is asked for, as it was sent
/// @param isHttp11 whether the peer understands chunks
/// @param headers all values, by the name in lower case
record RequestHead(
    String method, String target, boolean isHttp11, Map<String, List<String>> headers) {
  private static final int MAX_BYTES = 16 << 10;
  private static final int MAX_HEADERS = 100;

  /// A request that is not understood, and what it is answered.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    Answer answer() {
      return Answer.line(status, String.valueOf(getMessage()));
    }
  }

  /// All values of a header, in any case of its name.
  List<String> all(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /// Reads up to the empty line.
  static RequestHead read(InputStream in) throws IOException, Refused {
    String[] lines = head(in).split("\r?\n", -1);
    String[] request = lines[0].split(" ", -1);
    if (request.length != 3 || !request[2].matches("HTTP/1\\.[01]") || request[1].isEmpty()) {
      throw new Refused(400, "malformed request line");
    }
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0 || i > MAX_HEADERS || Character.isWhitespace(lines[i].charAt(0))) {
        throw new Refused(400, "malformed header");
      }
      headers
          .computeIfAbsent(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(lines[i].substring(colon + 1).strip());
    }
    return new RequestHead(request[0], request[1], request[2].equals("HTTP/1.1"), headers);
  }

  private static String head(InputStream in) throws IOException, Refused {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 2) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the peer left");
      }
      if (head.size() == MAX_BYTES) {
        throw new Refused(431, "more than " + MAX_BYTES + " bytes of headers");
      }
      head.write(c);
      ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }
}
