package dev.groundhog.e2e.libraries;

import dev.groundhog.junit.LeakError;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.Leaks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;

/// What the tests of a library showed, judged while everything that was left open is open.
final class Outcome {
  private static final Pattern VERSION = Pattern.compile("-(\\d[^/]*)\\.jar$");
  private static final String NONE = "—";

  private final Library library;
  private final Map<String, TestExecutionResult> results;
  private final List<String> contradictions = new ArrayList<>();

  Outcome(Library library, Map<String, TestExecutionResult> results) {
    this.library = library;
    this.results = results;
    Trial.tests(library).forEach(this::judge);
    library.stays().stream()
        .filter(stay -> !Trial.seen().contains(stay))
        .forEach(stay -> contradict("the table", "nobody was there of " + stay.name()));
  }

  List<String> contradictions() {
    return contradictions;
  }

  private void judge(Trial.Kind test) {
    TestExecutionResult result = results.get(test.method());
    if (result == null) {
      throw new IllegalStateException("no result of " + test + ": " + results);
    }
    Throwable thrown = result.getThrowable().orElse(null);
    boolean caught = thrown instanceof LeakError;
    if (thrown != null && !caught) {
      contradict(test.method(), thrown.toString());
    } else if (caught != mustBeCaught(test)) {
      contradict(test.method(), caught ? "was caught: " + thrown : "was not caught");
    } else if (thrown instanceof LeakError leak) {
      judgeLeak(test, leak);
    } else if (test.leaves()) {
      judgeUnreported(test, ids(Leaks.find()));
    } else {
      judgeUnreported(test, Set.of());
    }
  }

  private boolean mustBeCaught(Trial.Kind test) {
    return test.leaves();
  }

  private void judgeLeak(Trial.Kind test, LeakError leak) {
    Set<String> missing = new TreeSet<>(library.caught());
    leak.report().dump().forEach(thread -> missing.remove(Stay.plain(thread.name())));
    if (!test.renames() && !missing.isEmpty()) {
      contradict(test.method(), "did not report " + missing + ", but " + leak.getMessage());
    }
    judgeUnreported(test, ids(leak.report()));
  }

  private static Set<Long> ids(LeakTestReport report) {
    Set<Long> ids = new HashSet<>();
    report.dump().forEach(thread -> thread.id().ifPresent(ids::add));
    return ids;
  }

  /// Who is there although nobody was told must be in the table.
  private void judgeUnreported(Trial.Kind test, Set<Long> reported) {
    Trial.alive(test).stream()
        .filter(thread -> !reported.contains(thread.threadId()))
        .filter(thread -> library.stays().stream().noneMatch(stay -> stay.isOf(thread)))
        .forEach(thread ->
            contradict(
                test.method(),
                "nobody was told of "
                    + thread
                    + " of "
                    + thread.getClass().getName()
                    + Arrays.toString(thread.getStackTrace())));
  }

  private void contradict(String what, String why) {
    contradictions.add(library.title() + ", " + what + ": " + why);
  }

  /// `| library | version | stopped by | its factory | within | who may stay | caught |`.
  String row() {
    return List.of(
            library.title(),
            version(),
            library.stoppedBy(),
            library.takesFactory().orElse(NONE),
            library.within().toMillis() + " ms",
            cell(library.stays().stream().map(Stay::cell).toList(), "; "),
            result())
        .stream()
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private String result() {
    if (!contradictions.isEmpty()) {
      return "**not so**";
    }
    return cell(
            library.caught().stream()
                .sorted()
                .map(name -> "`" + name.replace("|", "\\|") + "`")
                .toList(),
            ", ");
  }

  private static String cell(List<String> parts, String separator) {
    return parts.isEmpty() ? NONE : String.join(separator, parts);
  }

  private String version() {
    if (library.from().getModule().isNamed()) {
      return "the JDK's";
    }
    String jar = library.from().getProtectionDomain().getCodeSource().getLocation().toString();
    Matcher version = VERSION.matcher(jar);
    return version.find() ? version.group(1) : NONE;
  }
}
