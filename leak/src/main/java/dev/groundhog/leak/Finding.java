package dev.groundhog.leak;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// A group with what is said of it.
///
/// @param verdict absent if nothing is to be said
/// @param reasons the evidence, with its numbers; for `EXPECTED` the rule's name, and its growth if
///   the rule expects it all the same
/// @param suppressedBy the reviewed rule that makes it `EXPECTED`, if that is why
/// @param atLeast how long all its threads have been at this stack, a lower bound
/// @param grew whether it grew over the baseline or from look to look
/// @param growthPerMinute by how many threads a minute those with its signature became more; empty
///   if nobody remembers what was before
public record Finding(
    StackGroup group,
    Optional<Verdict> verdict,
    List<String> reasons,
    Optional<Suppression> suppressedBy,
    Optional<Duration> atLeast,
    boolean grew,
    OptionalDouble growthPerMinute) {
  public Finding {
    reasons = List.copyOf(reasons);
  }

  /// One of which nobody remembers what was before.
  public Finding(
      StackGroup group,
      Optional<Verdict> verdict,
      List<String> reasons,
      Optional<Suppression> suppressedBy,
      Optional<Duration> atLeast,
      boolean grew) {
    this(group, verdict, reasons, suppressedBy, atLeast, grew, OptionalDouble.empty());
  }

  Finding growing(OptionalDouble threadsPerMinute) {
    return new Finding(group, verdict, reasons, suppressedBy, atLeast, grew, threadsPerMinute);
  }

  Rank rank() {
    return new Rank(verdict, group.count(), growthPerMinute, group.signature());
  }

  /// Whether a collection has proven that its threads can't go on by themselves.
  public boolean proven() {
    return verdict.filter(v -> v == Verdict.PROVEN || v == Verdict.STRANDED).isPresent();
  }

  /// Whether anything is held against it.
  public boolean accused() {
    return verdict.isPresent() && verdict.get() != Verdict.EXPECTED;
  }

  /// Whether it waits for something that no deadline ends, and neither a rule expects that nor has
  /// it been seen to wait for long enough.
  public boolean undecided() {
    return verdict.isEmpty() && Judge.waitsWithoutDeadline(group.sample());
  }
}
