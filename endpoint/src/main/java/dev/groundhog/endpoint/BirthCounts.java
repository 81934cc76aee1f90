package dev.groundhog.endpoint;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.ThreadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// How many threads were started, in all and from where.
///
/// @param over since when starts are recorded
/// @param oneOf of as many virtual threads the creation site of one was recorded; 1 if of all
/// @param notRemembered how many were to be recorded and were not, since there were too many
/// @param resolvedStacks how often a stack was turned into names: once for each site
/// @param sites those that started threads, in no order; the one without a stack stands for all
///   that came after there were too many
public record BirthCounts(
    Duration over,
    int oneOf,
    Total virtualThreads,
    Total platformThreads,
    long notRemembered,
    long resolvedStacks,
    List<Site> sites) {
  public BirthCounts {
    sites = List.copyOf(sites);
  }

  /// Exact, as far as all that were to be recorded were: a platform thread that was not remembered
  /// is not counted. Collected threads never end, and stay among those that are alive.
  public record Total(long started, long ended) {
    public long alive() {
      return Math.max(0, started - ended);
    }
  }

  /// One creation site. Its numbers are exact for platform threads, and for virtual threads
  /// estimated where only one of several was recorded.
  ///
  /// @param stack the creator's own frames first
  /// @param alive without those that were collected
  /// @param collected how many a dump has told as collected; not among those that are alive
  /// @param peak how many were alive at once; empty where not all are recorded, since how many of a
  ///   sample were alive at once says nothing of the others
  public record Site(
      ThreadKind kind,
      CallStack stack,
      Count started,
      Count alive,
      Count collected,
      OptionalLong peak) {
    /// How many have ended; empty if that is not known.
    public OptionalLong ended() {
      return started.without(alive).without(collected).estimate();
    }
  }

  /// A number of threads.
  ///
  /// @param alone how many were recorded that stand for themselves only, since none like them was
  ///   left out
  /// @param sampled how many others were recorded
  /// @param oneOf of as many of these others one was recorded
  public record Count(long alone, long sampled, int oneOf) {
    public Count {
      if (oneOf < 1) {
        throw new IllegalArgumentException("one of " + oneOf);
      }
    }

    /// How many were recorded.
    public long recorded() {
      return alone + sampled;
    }

    /// What is left of these; threads may have started and ended while they were counted.
    private Count without(Count others) {
      return new Count(
          Math.max(0, alone - others.alone), Math.max(0, sampled - others.sampled), oneOf);
    }

    /// Whether anything can be said: of a sample without any, all that is known is that there may
    /// be none, or some dozens.
    private boolean isKnown() {
      return sampled > 0 || oneOf == 1;
    }

    /// How many there are, as far as the recorded ones tell; empty if they tell nothing.
    public OptionalLong estimate() {
      return isKnown() ? OptionalLong.of(alone + sampled * oneOf) : OptionalLong.empty();
    }

    /// In 95 of 100 cases the estimate is off by at most so many: twice the standard deviation of a
    /// binomial distribution. 0 if all are recorded; empty if there is no estimate.
    public OptionalLong error() {
      long error = Math.round(2.0 * oneOf * Math.sqrt(sampled * (1 - 1.0 / oneOf)));
      return isKnown() ? OptionalLong.of(error) : OptionalLong.empty();
    }
  }

  /// How many that were started are alive.
  public long living() {
    return virtualThreads.alive() + platformThreads.alive();
  }

  /// The threads that are alive, by creation site, as a profile; estimates where not all are
  /// recorded.
  public StackCounts alive() {
    StackCounts counts =
        new StackCounts(StackCounts.Profile.THREADCREATE, Optional.of(Instant.now()));
    for (Site site : sites) {
      long alive = site.alive().estimate().orElse(0);
      if (alive > 0) {
        counts.add(site.stack(), Map.of(), alive);
      }
    }
    return counts;
  }
}
