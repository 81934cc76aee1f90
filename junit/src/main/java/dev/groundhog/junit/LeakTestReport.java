package dev.groundhog.junit;

import dev.groundhog.dump.Dump;
import dev.groundhog.junit.internal.Judged;
import dev.groundhog.junit.internal.ReportText;
import dev.groundhog.leak.ReportWriter;
import java.io.IOException;
import java.util.List;

/// Who was left behind.
///
/// @param test what left them behind, `QueueTest.take()`
/// @param dump the threads that were left behind, and no others
/// @param groups the same, grouped by their stacks, the largest first; empty if there is no leak
/// @param notes what limits this report, or was done about the leak, one line each. Of a clean one
///   too: that the check failed, or which threads it does not see
public record LeakTestReport(String test, Dump dump, List<LeakedGroup> groups, List<String> notes) {
  public LeakTestReport {
    groups = List.copyOf(groups);
    notes = List.copyOf(notes);
  }

  /// Whether no leak was found; [#notes] says what was not looked at.
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
    ReportWriter.json(Judged.of(this), out);
  }

  /// The report for people: how many and of which test, then each stack once with what it waits
  /// for, who started it, and how to end or ignore it.
  @Override
  public String toString() {
    return ReportText.of(this);
  }
}
