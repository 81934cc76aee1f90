package dev.groundhog.endpoint;

import dev.groundhog.dump.Births;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.util.Optional;

/// Who records the starts of this JVM's threads, as the agent does. Safe to share.
public interface BirthSource extends Births {
  /// Nobody records them.
  BirthSource NONE =
      new BirthSource() {
        @Override
        public Birth of(Thread thread) {
          return Birth.UNTOLD;
        }

        @Override
        public Optional<BirthCounts> counts() {
          return Optional.empty();
        }

        @Override
        public long[] unended(Duration age) {
          return new long[0];
        }

        @Override
        public Optional<DumpThread> collected(long id) {
          return Optional.empty();
        }
      };

  /// How many threads were started; empty while nothing is recorded.
  Optional<BirthCounts> counts();

  /// The ids of recorded virtual threads that were started at least `age` ago and have not ended.
  long[] unended(Duration age);

  /// A virtual thread of [#unended] that no list of threads has had since: nobody held it, and the
  /// garbage collector took it. It will never run on, nor will its `finally` blocks. Empty if it
  /// has ended meanwhile, or if that cannot be told.
  Optional<DumpThread> collected(long id);
}
