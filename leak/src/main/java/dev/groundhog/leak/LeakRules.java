package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Gives verdicts on groups from what was seen: how long they wait, how many they are, how they
/// grew.
///
/// @param older threads that wait at least this long are suspected, and so is a group to which new
///   threads come for at least this long while none leaves
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
  /// strongest verdict and the largest group at the top. Threads of one stack that are not judged
  /// alike, since only some are suppressed or wait for long, are groups of their own.
  public List<Finding> judge(Dump dump, Looks looks) {
    List<Reviewed> parts = new ArrayList<>();
    for (StackGroup whole : Groups.of(dump)) {
      suppressions.split(whole, dump).forEach((rule, part) -> parts.add(new Reviewed(part, rule)));
    }
    Map<String, Change> changes = changes(parts, dump);
    return parts.stream()
        .flatMap(part -> judge(part, dump, looks, changes))
        .sorted(STRONGEST_FIRST)
        .toList();
  }

  private record Reviewed(StackGroup group, Optional<Suppression> suppression) {}

  /// How each signature changed since the baseline, without the threads that are suppressed.
  private Map<String, Change> changes(List<Reviewed> parts, Dump dump) {
    return baseline
        .map(before ->
            Diff.bySignature(
                before.without(suppressions),
                parts.stream()
                    .filter(part -> part.suppression.isEmpty())
                    .map(Reviewed::group)
                    .toList(),
                dump))
        .orElse(Map.of());
  }

  private Stream<Finding> judge(
      Reviewed part, Dump dump, Looks looks, Map<String, Change> changes) {
    StackGroup group = part.group;
    List<String> growth = growth(group, dump, looks, changes);
    boolean grew = !growth.isEmpty();
    Optional<String> expected =
        expectedBy(group, part.suppression, grew || group.count() >= atLeast);
    if (expected.isPresent()) {
      List<String> why = new ArrayList<>(List.of(expected.get()));
      if (part.suppression.isEmpty()) {
        why.addAll(growth);
      }
      Optional<Duration> waited = looks.atLeast(group, dump);
      return Stream.of(
          new Finding(group, Optional.of(Verdict.EXPECTED), why, part.suppression, waited, grew));
    }
    List<String> reasons = sizeAndMark(group);
    reasons.addAll(growth);
    List<Integer> longest = waitingForLong(group, dump, looks);
    boolean onlySomeAreSuspected =
        reasons.isEmpty() && !longest.isEmpty() && longest.size() < group.rows().size();
    if (onlySomeAreSuspected) {
      Set<Integer> suspected = new HashSet<>(longest);
      List<Integer> others = group.rows().stream().filter(row -> !suspected.contains(row)).toList();
      StackGroup hanging = group.part(longest, dump);
      return Stream.of(
          unexpected(hanging, List.of(waiting(hanging, group, dump, looks)), dump, looks, grew),
          unexpected(group.part(others, dump), List.of(), dump, looks, grew));
    }
    if (!longest.isEmpty()) {
      reasons.add(waiting(group.part(longest, dump), group, dump, looks));
    }
    return Stream.of(unexpected(group, reasons, dump, looks, grew));
  }

  private static Finding unexpected(
      StackGroup group, List<String> reasons, Dump dump, Looks looks, boolean grew) {
    Optional<Verdict> verdict =
        group.sample().leaked()
            ? Optional.of(Verdict.PROVEN)
            : reasons.isEmpty() ? Optional.empty() : Optional.of(Verdict.SUSPECTED);
    return new Finding(group, verdict, reasons, Optional.empty(), looks.atLeast(group, dump), grew);
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

  private List<String> sizeAndMark(StackGroup group) {
    List<String> reasons = new ArrayList<>();
    if (group.sample().leaked()) {
      reasons.add("marked as leaked by Go's collector");
    }
    if (group.count() >= atLeast) {
      reasons.add(group.count() + " threads at one stack, the limit is " + atLeast);
    }
    return reasons;
  }

  private List<Integer> waitingForLong(StackGroup group, Dump dump, Looks looks) {
    return group.rows().stream()
        .filter(row -> {
          DumpThread thread = dump.row(row);
          return waitsWithoutDeadline(thread)
              && looks.atLeast(thread).filter(time -> time.compareTo(older) >= 0).isPresent();
        })
        .toList();
  }

  private String waiting(StackGroup longest, StackGroup group, Dump dump, Looks looks) {
    return (longest.count() == group.count()
            ? "all wait"
            : longest.count() + " of the " + group.count() + " at this stack wait")
        + " for at least "
        + looks.atLeast(longest, dump).orElseThrow().toSeconds()
        + " s, the limit is "
        + older.toSeconds()
        + " s";
  }

  /// What grew over the baseline, and what gathers from look to look for as long as a wait would
  /// have to last.
  private List<String> growth(
      StackGroup group, Dump dump, Looks looks, Map<String, Change> changes) {
    return Stream.of(
            growthOverBaseline(group, changes),
            looks
                .growth(group, dump)
                .filter(growth -> growth.over().compareTo(older) >= 0)
                .map(growth ->
                    growth.newcomers()
                        + " new threads came to this stack in "
                        + growth.over().toSeconds()
                        + " s, and none left"))
        .flatMap(Optional::stream)
        .toList();
  }

  /// Growth is that of the whole signature: a leak whose threads wait at two lines, or differ in
  /// their labels, is one leak.
  private static Optional<String> growthOverBaseline(
      StackGroup group, Map<String, Change> changes) {
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
  static boolean waitsWithoutDeadline(DumpThread thread) {
    return switch (thread.state()) {
      case WAITING, BLOCKED, UNKNOWN, SYSCALL -> true;
      case RUNNING, RUNNABLE -> thread.waitKind() != WaitKind.NONE;
      case NEW, TIMED_WAITING, TERMINATED -> false;
    };
  }
}
