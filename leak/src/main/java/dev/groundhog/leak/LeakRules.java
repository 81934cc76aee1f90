package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Gives verdicts on groups from what was seen: how long they wait, how many they are, how they
/// grew.
///
/// @param older a group of which every thread waits at least this long is suspected
/// @param atLeast a group of at least this many threads is suspected
public record LeakRules(Duration older, long atLeast) {
  public static final LeakRules DEFAULT = new LeakRules(Duration.ofMinutes(1), 1_000);

  public LeakRules {
    if (older.isNegative() || atLeast < 1) {
      throw new IllegalArgumentException("older " + older + ", at least " + atLeast);
    }
  }

  /// What there is to say of every group of `dump`, the latest of `looks`; suspected ones first,
  /// then by count.
  ///
  /// @param baseline the number of threads of each signature before, if there is a baseline
  public List<Finding> judge(Dump dump, Looks looks, Optional<Map<String, Long>> baseline) {
    List<Finding> accused = new ArrayList<>();
    List<Finding> others = new ArrayList<>();
    for (StackGroup group : Groups.of(dump)) {
      Finding finding = judge(group, looks.atLeast(group, dump), baseline);
      boolean isAccused = finding.verdict().filter(v -> v != Verdict.EXPECTED).isPresent();
      (isAccused ? accused : others).add(finding);
    }
    accused.addAll(others);
    return List.copyOf(accused);
  }

  /// The number of threads of each signature, to compare a later dump with.
  public static Map<String, Long> baseline(Dump dump) {
    return Groups.of(dump).stream()
        .collect(Collectors.toMap(StackGroup::signature, StackGroup::count, Long::sum));
  }

  private Finding judge(
      StackGroup group, Optional<Duration> waited, Optional<Map<String, Long>> baseline) {
    Optional<String> rule = ExpectedRules.ruleFor(group.sample());
    if (rule.isPresent()) {
      return new Finding(group, Optional.of(Verdict.EXPECTED), List.of(rule.get()), waited);
    }
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
    baseline.ifPresent(before -> {
      long was = before.getOrDefault(group.signature(), 0L);
      if (group.count() > was) {
        reasons.add("grew from " + was + " to " + group.count() + " over the baseline");
      }
    });
    Optional<Verdict> verdict =
        group.sample().leaked()
            ? Optional.of(Verdict.PROVEN)
            : reasons.isEmpty() ? Optional.empty() : Optional.of(Verdict.SUSPECTED);
    return new Finding(group, verdict, reasons, waited);
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
