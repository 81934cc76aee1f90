package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
    List<Finding> findings = new ArrayList<>();
    for (StackGroup whole : Groups.of(dump)) {
      suppressions
          .split(whole, dump)
          .forEach((rule, group) -> findings.add(judge(group, rule, dump, looks)));
    }
    findings.sort(STRONGEST_FIRST);
    return List.copyOf(findings);
  }

  private Finding judge(
      StackGroup group, Optional<Suppression> suppression, Dump dump, Looks looks) {
    Optional<Duration> waited = looks.atLeast(group, dump);
    Optional<String> expected = expectedBy(group, suppression);
    if (expected.isPresent()) {
      return new Finding(
          group, Optional.of(Verdict.EXPECTED), List.of(expected.get()), suppression, waited);
    }
    List<String> reasons = reasons(group, dump, waited);
    Optional<Verdict> verdict =
        group.sample().leaked()
            ? Optional.of(Verdict.PROVEN)
            : reasons.isEmpty() ? Optional.empty() : Optional.of(Verdict.SUSPECTED);
    return new Finding(group, verdict, reasons, Optional.empty(), waited);
  }

  /// A reviewed rule stands above everything, the runtime's own proof above the built-in rules: an
  /// idle worker whose pool nobody can reach is a leak.
  private static Optional<String> expectedBy(StackGroup group, Optional<Suppression> suppression) {
    if (suppression.isPresent()) {
      return suppression.map(rule -> "suppressed by " + rule.place() + ": " + rule.reason());
    }
    return group.sample().leaked() ? Optional.empty() : ExpectedRules.ruleFor(group);
  }

  private List<String> reasons(StackGroup group, Dump dump, Optional<Duration> waited) {
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
    baseline.flatMap(before -> growth(before, group, dump)).ifPresent(reasons::add);
    return reasons;
  }

  private static Optional<String> growth(Baseline baseline, StackGroup group, Dump dump) {
    long before = baseline.count(group.signature());
    if (group.count() <= before) {
      return Optional.empty();
    }
    OptionalLong newcomers = baseline.newcomers(group, dump);
    return Optional.of(
        "grew from "
            + before
            + " to "
            + group.count()
            + " over the baseline"
            + (newcomers.isPresent() ? ", " + newcomers.getAsLong() + " of them new" : ""));
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
