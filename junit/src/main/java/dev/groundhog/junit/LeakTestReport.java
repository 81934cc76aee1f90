package dev.groundhog.junit;

import dev.groundhog.dump.Dump;
import dev.groundhog.junit.internal.ReportText;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.ReportWriter;
import dev.groundhog.leak.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Who was left behind.
///
/// @param test what left them behind, `QueueTest.take()`
/// @param dump the threads that were left behind, and no others
/// @param groups the same, grouped by their stacks, the largest first; empty if there is no leak
/// @param notes what limits this report, or was done about the leak, one line each
public record LeakTestReport(String test, Dump dump, List<LeakedGroup> groups, List<String> notes) {
  public LeakTestReport {
    groups = List.copyOf(groups);
    notes = List.copyOf(notes);
  }

  public boolean isClean() {
    return groups.isEmpty();
  }

  /// How many threads were left behind.
  public long count() {
    return dump.threadCount();
  }

  /// Writes it for programs: one object of the schema `groundhog.report/1` on one line. All are
  /// `SUSPECTED`.
  public void json(Appendable out) throws IOException {
    List<Finding> findings = groups.stream().map(LeakTestReport::finding).toList();
    ReportWriter.json(
        new LeakReport(test, dump.process().time(), Optional.empty(), dump, findings, notes), out);
  }

  private static Finding finding(LeakedGroup leaked) {
    return new Finding(
        leaked.group(),
        Optional.of(Verdict.SUSPECTED),
        List.of("left behind by a test: " + leaked.cure()),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  /// The report for people: how many and of which test, then each stack once with what it waits
  /// for, who started it, and how to end or ignore it.
  @Override
  public String toString() {
    return ReportText.of(this);
  }
}
