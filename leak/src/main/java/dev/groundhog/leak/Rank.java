package dev.groundhog.leak;

import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/// Where a group stands among others, in every form of a report: the strongest verdict first, then
/// what costs more, which is how many threads it has, then how fast it grows, known rates before
/// unknown ones. The signature settles the rest, so that equals keep their order from look to look.
/// What a group retains of the heap is not known to anyone here, and ranks nothing.
///
/// @param verdict absent if nothing is to be said, which ranks as [Verdict#EXPECTED] does
/// @param growthPerMinute empty if nobody remembers what was before
record Rank(Optional<Verdict> verdict, long count, OptionalDouble growthPerMinute, String signature)
    implements Comparable<Rank> {
  private static final Comparator<Rank> ORDER =
      Comparator.comparing((Rank rank) -> rank.verdict.orElse(Verdict.EXPECTED))
          .thenComparing(Comparator.comparingLong(Rank::count).reversed())
          .thenComparing(Comparator.comparingDouble(Rank::knownGrowth).reversed())
          .thenComparing(Rank::signature);

  private double knownGrowth() {
    return growthPerMinute.orElse(Double.NEGATIVE_INFINITY);
  }

  @Override
  public int compareTo(Rank other) {
    return ORDER.compare(this, other);
  }
}
