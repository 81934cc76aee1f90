package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Suppression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// How a check reports what it found.
///
/// @param subject what is reported
/// @param owners who left threads behind; asked once, when some were found
/// @param notes what limits the report
record Reporting(Asker asker, Subject subject, Supplier<Owners> owners, List<String> notes) {
  /// What a report is about.
  enum Subject {
    /// What one test has left, and nobody else.
    TEST,
    /// A class, a run, or what a call asks for.
    OTHER
  }

  static final String NO_TEST = "this JVM";

  /// Of a check that knows no test.
  static final Reporting OF_CODE =
      new Reporting(Asker.CODE, Subject.OTHER, () -> _ -> NO_TEST, List.of());

  Reporting {
    notes = List.copyOf(notes);
  }

  /// @param missing what the look did not see
  LeakTestReport report(Dump left, List<String> missing) {
    return report(left, missing, thread -> MarkedFunctions.cure(thread, Cure.of(thread, subject)));
  }

  /// @param cure what ends a thread, in one line
  LeakTestReport report(Dump left, List<String> missing, Function<DumpThread, String> cure) {
    Owners known = owners.get();
    List<LeakedGroup> groups =
        Groups.of(left).stream().map(group -> leaked(group, left, known, cure)).toList();
    List<String> all = Stream.concat(notes.stream(), missing.stream()).toList();
    return new LeakTestReport(known.of(left), left, groups, all);
  }

  private LeakedGroup leaked(
      StackGroup group, Dump left, Owners known, Function<DumpThread, String> cure) {
    String conditions = Suppression.conditionsFor(group);
    return new LeakedGroup(
        group,
        known.of(rows(left, group.rows())),
        cure.apply(group.sample()),
        conditions,
        asker.toIgnore(conditions));
  }

  private static Dump rows(Dump dump, List<Integer> rows) {
    Set<Integer> wanted = new HashSet<>(rows);
    int[] row = {0};
    return dump.only(_ -> wanted.contains(row[0]++));
  }
}
