import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks for proofs, and looks at each verdict: a thread's name says which it may have.
final class Proofs {
  private static final Pattern THREAD =
      Pattern.compile(
          "\"id\":(\\d+)(?:,\"name\":\"([^\"]*)\")?.*\"leaked\":true(,\"stranded\":true)?");

  private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\".*\"state\":");

  /// A thread with a verdict.
  record Leaked(long id, String name, boolean isStranded, String line) {}

  private final String url;

  Proofs(String url) {
    this.url = url;
  }

  /// Whoever takes a dump, answers of a proof, or is just putting a thread into the list of all,
  /// holds all threads for as long, so that another proof finds no leak just then; or, if that
  /// comes between its collections, takes for stranded who is proven.
  ///
  /// @param isBusy whether anybody else may do such a thing
  /// @return those that an earlier proof found, and this one did not
  Set<String> once(boolean isBusy) throws IOException {
    Set<String> before = Leaks.kept();
    Set<String> names = new HashSet<>();
    Set<Long> ids = new HashSet<>();
    Set<String> unsure = new HashSet<>();
    each(
        thread -> {
          names.add(thread.name);
          if (!thread.isStranded) {
            ids.add(thread.id);
          } else if (thread.name.startsWith("leak-") && isBusy) {
            unsure.add(thread.name);
          }
          judge(thread, isBusy);
        });
    Tally.count("proofs");
    Tally.count("proofs that take proven for stranded", unsure.isEmpty() ? 0 : 1);
    Leaks.found(names, ids);
    before.removeAll(names);
    return before;
  }

  /// As Go's tools ask; here threads have no names.
  void asGo(Random random) throws Exception {
    URI profile = URI.create(url + "/debug/pprof/goroutineleak?debug=" + random.nextInt(3));
    HttpURLConnection connection = (HttpURLConnection) profile.toURL().openConnection();
    int status = connection.getResponseCode();
    Tally.check(status == 200, "a profile is answered with " + status);
    connection.getInputStream().readAllBytes();
    Tally.count("profiles");
    Thread.sleep(500 + random.nextInt(1000));
  }

  /// Makes one proof, and takes each thread with a verdict.
  void each(Consumer<Leaked> taker) throws IOException {
    each("prove=1", _ -> {}, taker);
  }

  /// Takes the name of each thread that has one, and each thread with a verdict that the
  /// collections of the program itself have found.
  void eachOfOrdinary(Consumer<String> present, Consumer<Leaked> taker) throws IOException {
    each("prove=1&gc=0", present, taker);
  }

  private void each(String query, Consumer<String> present, Consumer<Leaked> taker)
      throws IOException {
    URI dump = URI.create(url + "/debug/groundhog/dump?" + query);
    HttpURLConnection connection = (HttpURLConnection) dump.toURL().openConnection();
    int status = connection.getResponseCode();
    if (status != 200) {
      Tally.wrong("a proof is answered with " + status);
      return;
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .forEach(
              line -> {
                Matcher name = NAME.matcher(line);
                if (name.find()) {
                  present.accept(name.group(1));
                }
                Matcher thread = THREAD.matcher(line);
                if (thread.find()
                    && line.contains("\"state\":")) { // of one that was collected nothing is known
                  taker.accept(
                      new Leaked(
                          Long.parseLong(thread.group(1)),
                          String.valueOf(thread.group(2)),
                          thread.group(3) != null,
                          line));
                }
              });
    }
  }

  private static void judge(Leaked thread, boolean isBusy) {
    boolean isRight =
        switch (thread.name.replaceFirst("-.*", "")) {
          case "leak" -> !thread.isStranded || isBusy;
          case "strand", "held" -> thread.isStranded;
          case "any" -> true;
          default -> false;
        };
    Tally.check(isRight, "a false verdict: " + thread.line);
    Tally.count("verdicts");
  }
}
