package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Compares two dumps by signature: of one process, or of two builds of one program.
public final class Diff {
  private static final Comparator<Change> MOST_GROWN_FIRST =
      Comparator.comparingLong(Change::growth).reversed();

  private Diff() {}

  /// What appeared, grew, shrank, went or stayed, the greatest growth first.
  public static List<Change> of(Dump before, Dump after) {
    List<StackGroup> groupsBefore = Groups.of(before);
    Baseline baseline = Baseline.of(before, groupsBefore);
    Map<String, Change> changes = bySignature(baseline, Groups.of(after), after);
    for (StackGroup group : groupsBefore) {
      changes.putIfAbsent(
          group.signature(),
          new Change(group, baseline.count(group.signature()), 0, OptionalLong.empty()));
    }
    return changes.values().stream().sorted(MOST_GROWN_FIRST).toList();
  }

  /// What became of each signature that `groups` of the dump `after` have; a signature that only
  /// the baseline has is left out. Groups that differ in lines or labels alone share a signature.
  static Map<String, Change> bySignature(Baseline baseline, List<StackGroup> groups, Dump after) {
    Map<String, Change> changes = new LinkedHashMap<>();
    for (StackGroup group : groups) {
      Change one =
          new Change(
              group,
              baseline.count(group.signature()),
              group.count(),
              baseline.newcomers(group, after));
      changes.merge(group.signature(), one, Diff::together);
    }
    return changes;
  }

  private static Change together(Change larger, Change other) {
    OptionalLong newcomers =
        larger.newcomers().isPresent() && other.newcomers().isPresent()
            ? OptionalLong.of(larger.newcomers().getAsLong() + other.newcomers().getAsLong())
            : OptionalLong.empty();
    return new Change(larger.group(), larger.before(), larger.after() + other.after(), newcomers);
  }
}
