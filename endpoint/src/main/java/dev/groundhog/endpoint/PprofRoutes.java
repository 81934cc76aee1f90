package dev.groundhog.endpoint;

import static dev.groundhog.endpoint.Answers.BAD_REQUEST;
import static dev.groundhog.endpoint.Answers.NOT_FOUND;
import static dev.groundhog.endpoint.Answers.OK;
import static dev.groundhog.endpoint.Answers.TEXT;
import static dev.groundhog.endpoint.Answers.UNAVAILABLE;
import static dev.groundhog.endpoint.Answers.headers;
import static dev.groundhog.endpoint.Answers.text;
import static dev.groundhog.endpoint.Answers.written;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.ThreadWriter;
import dev.groundhog.endpoint.internal.IndexPage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// `/debug/pprof/`, as Go's net/http/pprof serves it.
final class PprofRoutes {
  static final String ROOT = "/debug/pprof/";

  private static final String GOROUTINE = "goroutine";
  private static final String GOROUTINELEAK = "goroutineleak";
  private static final String THREADCREATE = "threadcreate";
  private static final String BINARY = "application/octet-stream";

  /// A connection and a dump are held for so long, even if nobody waits for the answer any more.
  private static final Duration MAX_DELTA = Duration.ofMinutes(10);

  private final Watch watch;
  private final List<String> commandLine;

  PprofRoutes(Watch watch, List<String> commandLine) {
    this.watch = watch;
    this.commandLine = List.copyOf(commandLine);
  }

  Answer answer(Request request) {
    String name = request.path().substring(ROOT.length());
    return switch (name) {
      case "" -> index();
      case "cmdline" -> new Answer(OK, headers(TEXT), text(String.join("\0", commandLine)));
      case GOROUTINE ->
          request
              .parameter("seconds")
              .filter(seconds -> !seconds.isEmpty())
              .map(seconds -> delta(name, seconds, debug(request), watch.jvm()::stacks))
              .orElseGet(() -> goroutine(debug(request), hasLabels(request)));
      case GOROUTINELEAK ->
          request
              .parameter("seconds")
              .filter(seconds -> !seconds.isEmpty())
              .map(seconds -> delta(name, seconds, debug(request), () -> leaked(request)))
              .orElseGet(() -> goroutineLeak(request));
      case THREADCREATE -> threadCreate(debug(request));
      default -> error(NOT_FOUND, "Unknown profile");
    };
  }

  private Answer index() {
    ThisJvm jvm = watch.jvm();
    OptionalLong births = jvm.births().stream().mapToLong(BirthCounts::living).findFirst();
    return new Answer(
        OK, headers(Answers.HTML), text(IndexPage.html(jvm.count(), births, jvm.missing())));
  }

  /// What is no number is 0, as in Go.
  private static int debug(Request request) {
    String value = request.parameter("debug").orElse("0");
    return value.matches("[+-]?\\d{1,9}") ? Integer.parseInt(value) : 0;
  }

  /// Ours alone: common readers of Go's text fail on labels.
  private static boolean hasLabels(Request request) {
    return request.parameter("labels").filter(value -> !value.equals("0")).isPresent();
  }

  private Answer goroutine(int debug, boolean withLabels) {
    Map<String, String> headers = headers(debug > 0 ? TEXT : BINARY, watch.jvm());
    return debug > 1
        ? everyThread(headers, withLabels, watch::each)
        : profile(watch.jvm().stacks(), debug, headers);
  }

  /// As Go 1.27 does: of `debug` 0 and 1 only those that are leaked, of 2 all, these marked. Each
  /// request forces a collection, unless that is forbidden.
  private Answer goroutineLeak(Request request) {
    int debug = debug(request);
    boolean withLabels = hasLabels(request);
    Proof proof;
    try {
      proof = proof(request);
    } catch (NoProofException e) {
      return error(UNAVAILABLE, e.reason());
    }
    Map<String, String> headers = headers(debug > 0 ? TEXT : BINARY, watch.jvm(), proof);
    return debug > 1
        ? everyThread(headers, withLabels, taker -> watch.each(proof, taker))
        : profile(watch.jvm().stacks(proof), debug, headers);
  }

  /// Threads that are alive by where they were started. Where not all starts are recorded, these
  /// are estimates, and a header says so.
  private Answer threadCreate(int debug) {
    Optional<BirthCounts> counts = watch.jvm().births();
    if (counts.isEmpty()) {
      NoBirths none = NoBirths.of(watch.jvm().absence());
      return error(none.status(), none.text());
    }
    Map<String, String> headers = headers(debug > 0 ? TEXT : BINARY);
    if (counts.get().oneOf() > 1) {
      headers.put(
          "X-Groundhog-Estimate",
          "virtual threads are estimated from 1 of " + counts.get().oneOf());
    }
    return profile(counts.get().alive(), debug, headers);
  }

  private static Answer profile(StackCounts counts, int debug, Map<String, String> headers) {
    if (debug > 0) {
      return new Answer(OK, headers, written(out -> DumpWriter.goDebug1(counts, out)));
    }
    headers.put("Content-Disposition", "attachment; filename=\"" + counts.profile().text() + "\"");
    return new Answer(OK, headers, out -> DumpWriter.profile(counts, out));
  }

  private Proof proof(Request request) throws NoProofException {
    return request.forbidsCollection() ? watch.proven() : watch.prove(Duration.ZERO);
  }

  private StackCounts leaked(Request request) throws NoProofException {
    return watch.jvm().stacks(proof(request));
  }

  /// What is profiled.
  private interface Profiled {
    StackCounts now() throws NoProofException;
  }

  /// What changes within some seconds, as Go's delta profiles tell it.
  private Answer delta(String name, String seconds, int debug, Profiled profiled) {
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
    Map<String, String> headers = headers(BINARY, watch.jvm());
    headers.put("Content-Disposition", "attachment; filename=\"" + name + "-delta\"");
    StackCounts before;
    try {
      before = profiled.now();
    } catch (NoProofException e) {
      return error(UNAVAILABLE, e.reason());
    }
    return new Answer(
        OK,
        headers,
        time,
        out -> {
          try {
            Thread.sleep(time);
            DumpWriter.profileDelta(before, profiled.now(), out);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
          } catch (NoProofException e) {
            throw new IOException(e.reason(), e);
          }
        });
  }

  /// Looks at every thread.
  private interface Look {
    void each(Consumer<DumpThread> taker);
  }

  private static Answer everyThread(Map<String, String> headers, boolean withLabels, Look look) {
    return new Answer(
        OK,
        headers,
        written(out ->
            everyThread(
                withLabels ? DumpWriter.goDebug2WithLabels(out) : DumpWriter.goDebug2(out), look)));
  }

  /// One after the other as they are looked at, since there may be a million.
  private static void everyThread(ThreadWriter threads, Look look) throws IOException {
    try {
      look.each(thread -> {
        try {
          threads.write(thread);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Answer error(int status, String message) {
    Map<String, String> headers = headers(TEXT);
    headers.put("X-Go-Pprof", "1");
    return new Answer(status, headers, text(message + "\n"));
  }
}
