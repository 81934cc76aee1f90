package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives verdicts on groups from what was seen: how long they wait, how many they are, how they
/// grew.
///
/// @param older a group of which every thread waits at least this long is suspected
/// @param atLeast a group of at least this many threads is suspected
/// @param baseline what was there before; a group that grew since is suspected
/// @param suppressions reviewed rules that expect threads
public record LeakRules(
    Duration older, long atLeast, Optional<Baseline> baseline, Suppressions suppressions) {
  public static final LeakRules DEFAULT = new LeakRules(Duration.ofMinutes(1), 1_000);

  private static final Comparator<Finding> STRONGEST_FIRST =
      Comparator.comparing((Finding f) -> !f.accused())
          .thenComparing(f -> f.verdict().orElse(Verdict.EXPECTED))
          .thenComparing(Comparator.comparingLong((Finding f) -> f.group().count()).reversed());

  public LeakRules {
    if (older.isNegative() || atLeast < 1) {
      throw new IllegalArgumentException("older " + older + ", at least " + atLeast);
    }
  }

  /// Rules without a baseline and without suppressions.
  public LeakRules(Duration older, long atLeast) {
    this(older, atLeast, Optional.empty(), Suppressions.NONE);
  }

  /// What there is to say of every group of `dump`, the latest of `looks`: accused ones first, the
  /// strongest verdict and the largest group at the top.
  public List<Finding> judge(Dump dump, Looks looks) {
    List<StackGroup> groups = Groups.of(dump);
    Map<String, Change> changes = changes(groups, dump);
    List<Finding> findings = new ArrayList<>();
    for (StackGroup whole : groups) {
      suppressions
          .split(whole, dump)
          .forEach((rule, group) ->
              findings.add(judge(group, rule, looks.atLeast(group, dump), changes)));
    }
    findings.sort(STRONGEST_FIRST);
    return List.copyOf(findings);
  }

  /// How each signature changed since the baseline, without the threads that are suppressed.
  private Map<String, Change> changes(List<StackGroup> groups, Dump dump) {
    return baseline
        .map(before ->
            Diff.bySignature(
                before.without(suppressions), suppressions.unsuppressed(groups, dump), dump))
        .orElse(Map.of());
  }

  private Finding judge(
      StackGroup group,
      Optional<Suppression> suppression,
      Optional<Duration> waited,
      Map<String, Change> changes) {
    Optional<String> growth = growth(group, changes);
    boolean isMany = group.count() >= atLeast || growth.isPresent();
    Optional<String> expected = expectedBy(group, suppression, isMany);
    if (expected.isPresent()) {
      List<String> why = new ArrayList<>(List.of(expected.get()));
      if (suppression.isEmpty()) {
        growth.ifPresent(why::add);
      }
      return new Finding(group, Optional.of(Verdict.EXPECTED), why, suppression, waited);
    }
    List<String> reasons = reasons(group, waited, growth);
    Optional<Verdict> verdict =
        group.sample().leaked()
            ? Optional.of(Verdict.PROVEN)
            : reasons.isEmpty() ? Optional.empty() : Optional.of(Verdict.SUSPECTED);
    return new Finding(group, verdict, reasons, Optional.empty(), waited);
  }

  /// A reviewed rule stands above everything, the runtime's own proof above the built-in rules: an
  /// idle worker whose pool nobody can reach is a leak. Rules that guess yield to numbers. Where
  /// the others do not, growth is told all the same: pools that are never closed leave idle
  /// workers.
  private static Optional<String> expectedBy(
      StackGroup group, Optional<Suppression> suppression, boolean isMany) {
    if (suppression.isPresent()) {
      return suppression.map(rule -> "suppressed by " + rule.place() + ": " + rule.reason());
    }
    if (group.sample().leaked()) {
      return Optional.empty();
    }
    return isMany ? ExpectedRules.certainRuleFor(group) : ExpectedRules.ruleFor(group);
  }

  private List<String> reasons(
      StackGroup group, Optional<Duration> waited, Optional<String> growth) {
    List<String> reasons = new ArrayList<>();
    if (group.sample().leaked()) {
      reasons.add("marked as leaked by Go's collector");
    }
    if (group.count() >= atLeast) {
      reasons.add(group.count() + " threads at one stack, the limit is " + atLeast);
    }
    if (waited.isPresent() && waited.get().compareTo(older) >= 0 && waitsWithoutDeadline(group)) {
      reasons.add(
          "all wait for at least "
              + waited.get().toSeconds()
              + " s, the limit is "
              + older.toSeconds()
              + " s");
    }
    growth.ifPresent(reasons::add);
    return reasons;
  }

  /// Growth is that of the whole signature: a leak whose threads wait at two lines, or differ in
  /// their labels, is one leak.
  private static Optional<String> growth(StackGroup group, Map<String, Change> changes) {
    return Optional.ofNullable(changes.get(group.signature()))
        .filter(change -> change.growth() > 0)
        .map(change ->
            "grew from "
                + change.before()
                + " to "
                + change.after()
                + " over the baseline"
                + (change.newcomers().isPresent()
                    ? ", " + change.newcomers().getAsLong() + " of them new"
                    : "")
                + (group.count() < change.after()
                    ? "; this counts all groups with its signature"
                    : ""));
  }

  /// A thread of the JVM that reads from a pipe or socket says `RUNNABLE`; what it waits for tells.
  private static boolean waitsWithoutDeadline(StackGroup group) {
    return switch (group.sample().state()) {
      case WAITING, BLOCKED, UNKNOWN, SYSCALL -> true;
      case RUNNING, RUNNABLE -> group.sample().waitKind() != WaitKind.NONE;
      case NEW, TIMED_WAITING, TERMINATED -> false;
    };
  }
}
