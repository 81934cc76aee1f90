package dev.groundhog.endpoint;

import java.util.List;
import java.util.Map;

/// `/debug/pprof/` of this JVM as Go's net/http/pprof serves it: the same paths, parameters,
/// content types, headers and words of errors, for `GET` and `HEAD`. Beside it, `/debug/groundhog/`
/// has what pprof's formats cannot carry:
///
/// - `dump`: all that is known of all threads, as `groundhog.dump/1`;
/// - `leaks?older=60&at-least=1000`: verdicts, as `groundhog.report/1`; `older` is in seconds;
/// - `prove=1` with both: leaks are [proven][Prover#prove] by a collection, of threads that are
///   known to have waited for `min-wait=60` seconds, if that is given;
/// - `functions?name=Server.logs`: whether this JVM has a function that is meant, as
///   `groundhog.functions/1`;
/// - `leak-prone`: the functions that this JVM marks `@LeakProne`, as `groundhog.leak-prone/1`;
/// - `metrics`: threads by kind and state and groups by verdict, as OpenMetrics.
///
/// A function of a request, whoever owns the socket and decides who may ask ([AccessRule]). Safe to
/// share.
public final class DebugEndpoint {
  private final PprofRoutes pprof;
  private final GroundhogRoutes groundhog;

  /// With a memory that only requests add to.
  ///
  /// @param commandLine the program and its arguments, as `cmdline` tells them
  public DebugEndpoint(ThisJvm jvm, List<String> commandLine) {
    this(new Watch(jvm), commandLine);
  }

  /// @param watch what is remembered; its owner starts and closes it
  /// @param commandLine the program and its arguments, as `cmdline` tells them
  public DebugEndpoint(Watch watch, List<String> commandLine) {
    pprof = new PprofRoutes(watch, commandLine);
    groundhog = new GroundhogRoutes(watch);
  }

  /// Answers one request if `decision` allows it, and else says why not. All that a server has to
  /// do to serve this: it fills in a [Request], asks its [AccessRule], and sends the answer's
  /// status, headers and, unless the method is `HEAD`, its body.
  public Answer answer(Request request, AccessRule.Decision decision) {
    return decision.allowed() ? answer(request) : refusal(decision);
  }

  /// The answer to a request that is not allowed.
  public static Answer refusal(AccessRule.Decision decision) {
    Map<String, String> headers = Answers.headers(Answers.TEXT);
    if (decision.status() == Answers.UNAUTHORIZED) {
      headers.put("WWW-Authenticate", "Bearer, Basic realm=\"debug\"");
    }
    return new Answer(decision.status(), headers, Answers.text(decision.reason() + "\n"));
  }

  /// Answers one request. Nothing is thrown for what a stranger can ask.
  public Answer answer(Request request) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      Map<String, String> headers = Answers.headers(Answers.TEXT);
      headers.put("Allow", "GET, HEAD");
      return new Answer(Answers.NOT_ALLOWED, headers, Answers.text("Method Not Allowed\n"));
    }
    if (request.path().equals("/debug/pprof")) {
      return Answers.moved(PprofRoutes.ROOT);
    }
    if (request.path().startsWith(PprofRoutes.ROOT)) {
      return pprof.answer(request);
    }
    return request.path().startsWith(GroundhogRoutes.ROOT)
        ? groundhog.answer(request)
        : Answer.line(Answers.NOT_FOUND, "404 page not found");
  }
}
