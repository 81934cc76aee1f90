package dev.groundhog.endpoint;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.endpoint.internal.IndexPage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/debug/pprof/` of this JVM as Go's net/http/pprof serves it: the same paths, parameters,
/// content types, headers and words of errors, for `GET` and `HEAD`. Beside it,
/// `/debug/groundhog/dump` has what pprof's formats cannot carry: names, states, locks and
/// containers. A function of a request, whoever owns the socket and decides who may ask
/// ([AccessRule]). Safe to share.
public final class DebugEndpoint {
  static final String ROOT = "/debug/pprof/";

  /// All that is known of all threads, as `groundhog.dump/1`.
  static final String DUMP = "/debug/groundhog/dump";

  private static final String GOROUTINE = "goroutine";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String BINARY = "application/octet-stream";
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;

  /// A connection and a dump are held for so long, even if nobody waits for the answer any more.
  private static final Duration MAX_DELTA = Duration.ofMinutes(10);

  private final ThisJvm jvm;
  private final List<String> commandLine;

  /// @param commandLine the program and its arguments, as `cmdline` tells them
  public DebugEndpoint(ThisJvm jvm, List<String> commandLine) {
    this.jvm = jvm;
    this.commandLine = List.copyOf(commandLine);
  }

  /// Answers one request. Nothing is thrown for what a stranger can ask.
  public Answer answer(Request request) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      Map<String, String> headers = headers(TEXT);
      headers.put("Allow", "GET, HEAD");
      return new Answer(NOT_ALLOWED, headers, text("Method Not Allowed\n"));
    }
    if (request.path().equals(DUMP)) {
      Dump dump = jvm.dump();
      return new Answer(OK, missing(headers(JSON)), written(out -> DumpWriter.json(dump, out)));
    }
    if (!request.path().startsWith(ROOT)) {
      return new Answer(NOT_FOUND, headers(TEXT), text("404 page not found\n"));
    }
    String name = request.path().substring(ROOT.length());
    return switch (name) {
      case "" -> index();
      case "cmdline" -> new Answer(OK, headers(TEXT), text(String.join("\0", commandLine)));
      case GOROUTINE ->
          request
              .parameter("seconds")
              .filter(seconds -> !seconds.isEmpty())
              .map(seconds -> delta(seconds, debug(request)))
              .orElseGet(() -> goroutine(debug(request)));
      default -> error(NOT_FOUND, "Unknown profile");
    };
  }

  private Answer index() {
    long threads = jvm.count();
    return new Answer(OK, headers(HTML), text(IndexPage.html(threads, jvm.missing())));
  }

  /// What is no number is 0, as in Go.
  private static int debug(Request request) {
    String value = request.parameter("debug").orElse("0");
    return value.matches("[+-]?\\d{1,9}") ? Integer.parseInt(value) : 0;
  }

  private Answer goroutine(int debug) {
    Map<String, String> headers = missing(headers(debug > 0 ? TEXT : BINARY));
    if (debug > 1) {
      return new Answer(OK, headers, written(this::everyThread));
    }
    Dump dump = jvm.dump();
    if (debug == 1) {
      return new Answer(OK, headers, written(out -> DumpWriter.goDebug1(dump, out)));
    }
    headers.put("Content-Disposition", "attachment; filename=\"goroutine\"");
    return new Answer(OK, headers, out -> DumpWriter.profile(dump, out));
  }

  /// What changes within some seconds, as Go's delta profiles tell it.
  private Answer delta(String seconds, int debug) {
    if (!seconds.matches("\\+?0*[1-9]\\d{0,17}")) {
      return error(BAD_REQUEST, "invalid value for \"seconds\" - must be a positive integer");
    }
    Duration time = Duration.ofSeconds(Long.parseLong(seconds));
    if (time.compareTo(MAX_DELTA) > 0) {
      return error(BAD_REQUEST, "profile duration exceeds server's WriteTimeout");
    }
    if (debug != 0) {
      return error(BAD_REQUEST, "seconds and debug params are incompatible");
    }
    Map<String, String> headers = missing(headers(BINARY));
    headers.put("Content-Disposition", "attachment; filename=\"goroutine-delta\"");
    Dump before = jvm.dump();
    return new Answer(
        OK,
        headers,
        time,
        out -> {
          try {
            Thread.sleep(time);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
          }
          DumpWriter.profileDelta(before, jvm.dump(), out);
        });
  }

  /// One after the other as they are looked at, since there may be a million.
  private void everyThread(Writer out) throws IOException {
    boolean[] any = {false};
    try {
      jvm.each(thread -> {
        try {
          if (any[0]) {
            out.append('\n');
          }
          any[0] = true;
          DumpWriter.goDebug2(thread, out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Says which threads cannot be seen, if some cannot.
  private Map<String, String> missing(Map<String, String> headers) {
    if (!jvm.missing().isEmpty()) {
      headers.put("X-Groundhog-Missing", jvm.missing());
    }
    return headers;
  }

  private static Answer error(int status, String message) {
    Map<String, String> headers = headers(TEXT);
    headers.put("X-Go-Pprof", "1");
    return new Answer(status, headers, text(message + "\n"));
  }

  private static Map<String, String> headers(String type) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    headers.put("X-Content-Type-Options", "nosniff");
    return headers;
  }

  private static Answer.Body text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private interface Text {
    void writeTo(Writer out) throws IOException;
  }

  private static Answer.Body written(Text text) {
    return out -> {
      Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      text.writeTo(writer);
      writer.flush();
    };
  }
}
