package dev.groundhog.leak;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A group with what is said of it.
///
/// @param verdict absent if nothing is to be said
/// @param reasons the evidence, with its numbers; for `EXPECTED` the rule's name, and growth over a
///   baseline if the rule expects it all the same
/// @param suppressedBy the reviewed rule that makes it `EXPECTED`, if that is why
/// @param atLeast how long all its threads have been at this stack, a lower bound
public record Finding(
    StackGroup group,
    Optional<Verdict> verdict,
    List<String> reasons,
    Optional<Suppression> suppressedBy,
    Optional<Duration> atLeast) {
  /// Whether anything is held against it.
  public boolean accused() {
    return verdict.isPresent() && verdict.get() != Verdict.EXPECTED;
  }
}
