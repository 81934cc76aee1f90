package dev.groundhog.leak;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A group with what is said of it.
///
/// @param verdict absent if nothing is to be said
/// @param reasons the evidence, with its numbers; for `EXPECTED` the rule's name, and its growth if
///   the rule expects it all the same
/// @param suppressedBy the reviewed rule that makes it `EXPECTED`, if that is why
/// @param atLeast how long all its threads have been at this stack, a lower bound
/// @param grew whether it grew over the baseline or from look to look
public record Finding(
    StackGroup group,
    Optional<Verdict> verdict,
    List<String> reasons,
    Optional<Suppression> suppressedBy,
    Optional<Duration> atLeast,
    boolean grew) {
  public Finding {
    reasons = List.copyOf(reasons);
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
