package dev.groundhog.endpoint;

import static dev.groundhog.endpoint.Answers.BAD_REQUEST;
import static dev.groundhog.endpoint.Answers.NOT_FOUND;
import static dev.groundhog.endpoint.Answers.OK;
import static dev.groundhog.endpoint.Answers.UNAVAILABLE;
import static dev.groundhog.endpoint.Answers.headers;
import static dev.groundhog.endpoint.Answers.written;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.JsonWriter;
import dev.groundhog.endpoint.internal.BirthsJson;
import dev.groundhog.endpoint.internal.Metrics;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.ReportWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// `/debug/groundhog/`: what pprof's formats cannot carry.
final class GroundhogRoutes {
  static final String ROOT = "/debug/groundhog/";

  static final String JSON = "application/json";
  private static final String SECONDS = "\\d{1,9}";

  /// Metrics are scraped all day long: what took `t` is told again for 100 `t`, so that they cost
  /// at most 1 % of a core.
  private static final int REPEATS = 100;

  private static final long BYTES_OF_THREAD = 400;

  private final Watch watch;
  private final LeakProneRoute leakProne;
  private Optional<Scrape> last = Optional.empty();

  /// @param untilNanos for how long it is told
  private record Scrape(Answer answer, long untilNanos) {}

  GroundhogRoutes(Watch watch) {
    this.watch = watch;
    leakProne = new LeakProneRoute(watch.jvm());
  }

  Answer answer(Request request) {
    return switch (request.path().substring(ROOT.length())) {
      case "dump" -> ifThereIsRoom(() -> dump(request));
      case "leaks" -> ifThereIsRoom(() -> leaks(request));
      case "functions" -> functions(request);
      case "births" -> births();
      case "leak-prone" -> leakProne.answer();
      case "metrics" -> metrics();
      default -> Answer.line(NOT_FOUND, "404 page not found");
    };
  }

  /// A dump holds every thread; where there are so many that the program could run out of memory
  /// for it, it is refused, since what streams does too.
  private Answer ifThereIsRoom(Supplier<Answer> answer) {
    return Room.lacking(watch.jvm().count(), BYTES_OF_THREAD)
        .map(lacking ->
            Answer.line(
                UNAVAILABLE,
                lacking + ": /debug/pprof/goroutine?debug=2 streams them, debug=1 counts them"))
        .orElseGet(answer);
  }

  private Answer dump(Request request) {
    return judged(
        request,
        proof -> {
          Dump dump = proof.map(watch::dump).orElseGet(watch::dump);
          return new Answer(OK, ofJson(proof), written(out -> DumpWriter.json(dump, out)));
        });
  }

  private Map<String, String> ofJson(Optional<Proof> proof) {
    return proof
        .map(made -> headers(JSON, watch.jvm(), made))
        .orElseGet(() -> headers(JSON, watch.jvm()));
  }

  /// With a proof, if one is asked for.
  private Answer judged(Request request, Function<Optional<Proof>, Answer> answer) {
    if (request.parameter("prove").filter(value -> !value.equals("0")).isEmpty()) {
      return answer.apply(Optional.empty());
    }
    String minWait = request.parameter("min-wait").orElse("0");
    if (!minWait.matches(SECONDS)) {
      return Answer.line(BAD_REQUEST, "min-wait takes seconds, as in min-wait=60");
    }
    try {
      Duration least = Duration.ofSeconds(Long.parseLong(minWait));
      return answer.apply(
          Optional.of(request.forbidsCollection() ? watch.proven() : watch.prove(least)));
    } catch (NoProofException e) {
      return Answer.line(UNAVAILABLE, e.reason());
    }
  }

  private Answer leaks(Request request) {
    LeakRules usual = LeakRules.DEFAULT;
    String older = request.parameter("older").orElse("" + usual.older().toSeconds());
    String grace = request.parameter("grace").orElse("" + usual.grace().toSeconds());
    String atLeast = request.parameter("at-least").orElse("" + usual.atLeast());
    if (!older.matches(SECONDS) || !grace.matches(SECONDS) || !atLeast.matches("0*[1-9]\\d{0,8}")) {
      return Answer.line(
          BAD_REQUEST,
          "older and grace take seconds, at-least a number of threads, as in older=60");
    }
    LeakRules rules =
        new LeakRules(Duration.ofSeconds(Long.parseLong(older)), Long.parseLong(atLeast))
            .withGrace(Duration.ofSeconds(Long.parseLong(grace)));
    String target = "PID " + ProcessHandle.current().pid();
    return judged(
        request,
        proof -> {
          LeakReport report =
              proof
                  .map(found -> watch.report(target, rules, found))
                  .orElseGet(() -> watch.report(target, rules));
          return new Answer(OK, ofJson(proof), written(out -> ReportWriter.json(report, out)));
        });
  }

  private Answer functions(Request request) {
    FunctionPattern pattern;
    try {
      pattern = FunctionPattern.parse(request.parameter("name").orElse(""));
    } catch (IllegalArgumentException e) {
      return Answer.line(BAD_REQUEST, e.getMessage() + ", as in name=Server.logs");
    }
    Optional<KnownFunctions.Told> told = watch.jvm().told(pattern);
    return new Answer(
        OK,
        headers(JSON),
        written(out -> {
          JsonWriter json = new JsonWriter(out);
          json.beginObject();
          json.name("schema").value("groundhog.functions/1");
          json.name("name").value(pattern.toString());
          if (told.isPresent()) {
            json.name("known").value(told.get().known());
          } else {
            json.name("known").nullValue();
          }
          json.name("nearest").value(told.flatMap(KnownFunctions.Told::nearest));
          json.endObject();
          out.append('\n');
        }));
  }

  private Answer births() {
    return watch
        .jvm()
        .births()
        .map(counts -> new Answer(OK, headers(JSON), written(out -> BirthsJson.write(counts, out))))
        .orElseGet(() -> {
          NoBirths none = NoBirths.of(watch.jvm().absence());
          return Answer.line(none.status(), none.text());
        });
  }

  private synchronized Answer metrics() {
    long began = System.nanoTime();
    if (last.isPresent() && began - last.get().untilNanos < 0) {
      return last.get().answer;
    }
    Answer answer =
        ifThereIsRoom(() ->
            new Answer(
                OK,
                headers(Metrics.TYPE),
                Answers.text(Metrics.text(watch.report("", LeakRules.DEFAULT)))));
    long ended = System.nanoTime();
    last = Optional.of(new Scrape(answer, ended + REPEATS * (ended - began)));
    return answer;
  }
}
