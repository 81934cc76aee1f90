package dev.groundhog.endpoint;

import dev.groundhog.dump.Births;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who records the starts of this JVM's threads, as the agent does. Safe to share.
public interface BirthSource extends Births {
  /// Nobody records them.
  BirthSource NONE = none(Absence.OFF);

  /// One that records nothing.
  static BirthSource none(Absence why) {
    return new BirthSource() {
      @Override
      public Birth of(Thread thread) {
        return Birth.UNTOLD;
      }

      @Override
      public Optional<BirthCounts> counts() {
        return Optional.empty();
      }

      @Override
      public Absence absence() {
        return why;
      }

      @Override
      public long[] unended(Duration age) {
        return new long[0];
      }

      @Override
      public Collected collected(long[] ids) {
        return Collected.NONE;
      }
    };
  }

  /// Why nothing is recorded.
  enum Absence {
    /// Nobody asked for it.
    OFF,
    /// What tells of starts was lost, and is not there again yet.
    INTERRUPTED
  }

  /// How many threads were started; empty while nothing is recorded.
  Optional<BirthCounts> counts();

  /// Why, if there are no [#counts] just now.
  Absence absence();

  /// The ids of recorded virtual threads that were started at least `age` ago and have not ended.
  long[] unended(Duration age);

  /// Those of `ids`, virtual threads of [#unended] that no list of threads has had since: nobody
  /// held them, and the garbage collector took them. They will never run on, nor will their
  /// `finally` blocks. That is no proof, since a list may miss a thread that lives. Without those
  /// that have ended meanwhile; none if that cannot be told. One of them that [#of] is asked about
  /// later has been seen alive, and is taken back.
  Collected collected(long[] ids);

  /// Threads that are nowhere any more.
  ///
  /// @param threads the latest of them, as many as are remembered
  /// @param total how many have been told so since recording began, and not been taken back
  record Collected(List<DumpThread> threads, long total) {
    public static final Collected NONE = new Collected(List.of(), 0);

    public Collected {
      threads = List.copyOf(threads);
    }

    /// How many are told by their number alone.
    public long older() {
      return Math.max(0, total - threads.size());
    }
  }
}
