package dev.groundhog.cli.internal;

import dev.groundhog.dump.ThreadKind;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How the report of `leaks` looks to a person.
final class LeakText {
  private final PrintWriter out;
  private final Theme theme;
  private final OptionalInt columns;

  /// @param columns how many the terminal has, if it is one
  LeakText(PrintWriter out, Theme theme, OptionalInt columns) {
    this.out = out;
    this.theme = theme;
    this.columns = columns;
  }

  /// The sum, what was lost, then the findings: those accused, and those that grew though they are
  /// expected.
  ///
  /// @param all the other findings too
  void report(LeakReport report, boolean all) {
    out.println(headline(report, theme));
    Report text = new Report(out, theme, columns);
    text.warnings(report.dump());
    report.warnings().forEach(warning -> out.println("warning: " + Text.line(warning)));
    text.deadlocks(report.dump());
    Members members = new Members(report.dump());
    for (Finding finding : report.findings()) {
      if (all || finding.accused() || finding.grew()) {
        out.println();
        text.finding(finding, members);
      }
    }
    out.println();
    long expected = LeakReport.threads(report.expected());
    out.println(theme.faint(Text.count(expected, "thread is", "threads are") + " expected"));
  }

  /// `3 threads suspected in PID 1, 7 threads`
  static String headline(LeakReport report, Theme theme) {
    List<Finding> accused = report.accused();
    return (accused.isEmpty() ? theme.good("nothing suspected") : theme.alarm(sum(accused)))
        + " in "
        + Text.line(report.target())
        + ", "
        + Text.count(report.dump().threadCount(), "thread", "threads");
  }

  /// `60 threads abandoned, 3 threads suspected`
  private static String sum(List<Finding> accused) {
    Map<Verdict, List<Finding>> byVerdict =
        accused.stream()
            .collect(
                Collectors.groupingBy(
                    finding -> finding.verdict().orElseThrow(), TreeMap::new, Collectors.toList()));
    return byVerdict.entrySet().stream()
        .map(entry ->
            Text.count(LeakReport.threads(entry.getValue()), "thread", "threads")
                + " "
                + entry.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /// What a longer look would tell of those that wait and that nothing expects; "nothing suspected"
  /// says nothing about them.
  ///
  /// @param isLive whether the target can be looked at again
  /// @param older the limit that `report` was made with
  /// @param looks how many looks it was made with
  void undecided(LeakReport report, boolean isLive, Duration older, int looks) {
    // Of a goroutine in a file it is told for how many minutes it waits, and that is all.
    long threads =
        report.undecided().stream()
            .map(Finding::group)
            .filter(group -> isLive || group.sample().kind() != ThreadKind.GOROUTINE)
            .mapToLong(StackGroup::count)
            .sum();
    boolean isDecided = report.watched().filter(time -> time.compareTo(older) >= 0).isPresent();
    if (threads == 0 || isDecided) {
      return;
    }
    String wait = Text.count(threads, "other thread waits", "other threads wait");
    if (!isLive) {
      out.println(wait + "; the dump does not tell for how long: read the process by its PID");
      return;
    }
    String watched =
        report
            .watched()
            .map(time -> "watched for " + Text.duration(time) + " only")
            .orElse("and one look does not tell for how long");
    int intervals = Math.max(1, looks - 1);
    out.println(
        "%s, %s: with %s--every %ds those that wait for %s are suspected"
            .formatted(
                wait,
                watched,
                looks == 1 ? "--looks 2 " : "",
                older.toSeconds() / intervals + 1,
                Text.duration(older)));
  }
}
