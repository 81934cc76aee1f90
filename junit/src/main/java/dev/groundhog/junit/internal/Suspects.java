package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// Whose threads a check looks at.
public sealed interface Suspects {
  /// Who counts at one moment.
  interface Members {
    /// There is surely none, so that nobody has to look.
    boolean areNone();

    boolean has(DumpThread thread);

    /// Those that are known by their ids alone.
    long[] ids();
  }

  Members now();

  /// Threads that were made since `moment`.
  static Suspects since(Moment moment) {
    return new Since(moment, () -> _ -> true);
  }

  /// Threads that are made from now on. The agent is loaded before, so that it tells who starts
  /// them.
  static Suspects sinceNow() {
    Meeting.find();
    return since(Moment.now());
  }

  /// Threads that were made since the run began; all, if nobody told of that.
  static Suspects ofRun() {
    return since(RunStart.moment());
  }

  /// Those that were made since `moment` and that `wanted` accepts, which is asked for once for all
  /// threads of one moment.
  record Since(Moment moment, Supplier<Predicate<DumpThread>> wanted) implements Suspects {
    @Override
    public Members now() {
      boolean none = moment.noneSince();
      Predicate<DumpThread> isWanted = none ? _ -> false : wanted.get();
      return new Members() {
        @Override
        public boolean areNone() {
          return none;
        }

        @Override
        public boolean has(DumpThread thread) {
          return thread.id().orElse(Long.MAX_VALUE) > moment.id() && isWanted.test(thread);
        }

        @Override
        public long[] ids() {
          return new long[0];
        }
      };
    }
  }

  /// Those that carry one of these tags, which the agent knows, and, if `shared` says since when,
  /// those that a worker of the common pool has started since.
  record Tagged(Meeting agent, List<Integer> tags, Optional<Moment> shared) implements Suspects {
    public Tagged(Meeting agent, Collection<Integer> tags) {
      this(agent, List.copyOf(tags), Optional.empty());
    }

    @Override
    public Members now() {
      List<Integer> all = new ArrayList<>(tags);
      shared.ifPresent(_ -> all.add(Tagging.OF_SHARED));
      long[] ids =
          agent.tagged(all).entrySet().stream()
              .flatMapToLong(entry -> ids(entry.getKey(), entry.getValue()))
              .sorted()
              .toArray();
      return new Members() {
        @Override
        public boolean areNone() {
          return ids.length == 0;
        }

        @Override
        public boolean has(DumpThread thread) {
          return thread.id().isPresent() && Arrays.binarySearch(ids, thread.id().getAsLong()) >= 0;
        }

        @Override
        public long[] ids() {
          return ids;
        }
      };
    }

    private LongStream ids(int tag, long[] tagged) {
      LongStream all = LongStream.of(tagged);
      return tag == Tagging.OF_SHARED
          ? all.filter(id -> id > shared.map(Moment::id).orElse(Long.MAX_VALUE))
          : all;
    }
  }

  /// Those of `all` that no check has reported as leaked.
  record Unreported(Suspects all) implements Suspects {
    @Override
    public Members now() {
      Members now = all.now();
      long[] ids = LongStream.of(now.ids()).filter(id -> !Reported.has(id)).toArray();
      return new Members() {
        @Override
        public boolean areNone() {
          return now.areNone() || (ids.length == 0 && now.ids().length > 0);
        }

        @Override
        public boolean has(DumpThread thread) {
          return now.has(thread)
              && !(thread.id().isPresent() && Reported.has(thread.id().getAsLong()));
        }

        @Override
        public long[] ids() {
          return ids;
        }
      };
    }
  }
}
