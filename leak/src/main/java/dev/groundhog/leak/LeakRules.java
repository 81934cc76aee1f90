package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Gives verdicts on groups from what was seen: how long they wait, how many they are, how they
/// grew, and for how long the client is gone for whom they work.
///
/// @param older threads that wait at least this long are suspected, and so is a group to which new
///   threads come for at least this long while none leaves
/// @param atLeast a group of at least this many threads is suspected
/// @param baseline what was there before; a group that grew since is suspected
/// @param suppressions reviewed rules that expect threads
/// @param grace a thread that works on for a client who has been gone for at least this long is
///   abandoned
public record LeakRules(
    Duration older,
    long atLeast,
    Optional<Baseline> baseline,
    Suppressions suppressions,
    Duration grace) {
  private static final Duration GRACE = Duration.ofSeconds(10);

  public static final LeakRules DEFAULT = new LeakRules(Duration.ofMinutes(1), 1_000);

  public LeakRules {
    if (older.isNegative() || atLeast < 1 || grace.isNegative()) {
      throw new IllegalArgumentException(
          "older " + older + ", at least " + atLeast + ", grace " + grace);
    }
  }

  /// Rules with the usual grace time.
  public LeakRules(
      Duration older, long atLeast, Optional<Baseline> baseline, Suppressions suppressions) {
    this(older, atLeast, baseline, suppressions, GRACE);
  }

  /// Rules without a baseline and without suppressions.
  public LeakRules(Duration older, long atLeast) {
    this(older, atLeast, Optional.empty(), Suppressions.NONE);
  }

  /// The same rules with another grace time.
  public LeakRules withGrace(Duration time) {
    return new LeakRules(older, atLeast, baseline, suppressions, time);
  }

  /// As [#judge(Dump, Looks, History)], where nobody remembers how many there were.
  public List<Finding> judge(Dump dump, Looks looks) {
    return judge(dump, looks, new History<>());
  }

  /// What there is to say of every group of `dump`, the latest of `looks`: accused ones first, the
  /// strongest verdict, the largest group and the fastest growth at the top. Threads of one stack
  /// that are not judged alike, since only some are suppressed, wait for long or are abandoned, are
  /// groups of their own.
  ///
  /// @param history how many threads each signature had at the same looks, as far as it is known
  public List<Finding> judge(Dump dump, Looks looks, History<String> history) {
    List<Reviewed> parts = new ArrayList<>();
    for (StackGroup whole : Groups.of(dump)) {
      suppressions.split(whole, dump).forEach((rule, part) -> parts.add(new Reviewed(part, rule)));
    }
    Judge judge = new Judge(this, dump, looks, changes(parts, dump));
    List<StackGroup> abandoned = new ArrayList<>();
    List<Finding> others =
        parts.stream()
            .flatMap(part -> judge.findings(part.group, part.suppression, abandoned::add))
            .toList();
    return Stream.concat(
            others.stream(), LabelledWork.together(abandoned, dump).stream().map(judge::abandoned))
        .map(finding ->
            finding.growing(history.growthPerMinute(List.of(finding.group().signature()))))
        .sorted(Comparator.comparing(Finding::rank))
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
}
