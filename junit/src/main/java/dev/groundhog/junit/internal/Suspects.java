package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// Whose threads a check looks at.
public sealed interface Suspects {
  /// Who counts at one moment.
  interface Members {
    /// There is surely none, so that nobody has to look.
    boolean areNone();

    /// Which threads of `all` belong, which was taken since.
    Predicate<DumpThread> in(Dump all);

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
        public Predicate<DumpThread> in(Dump all) {
          return thread ->
              thread.id().orElse(Long.MAX_VALUE) > moment.id() && isWanted.test(thread);
        }

        @Override
        public long[] ids() {
          return new long[0];
        }
      };
    }
  }

  /// Those that carry one of these tags, which the agent knows, and of those that a worker of the
  /// common pool has started, which the agent knows too, the ones that `shared` accepts by their
  /// ids; where it is empty, nobody asks for them.
  record Tagged(Meeting agent, List<Integer> tags, Optional<LongPredicate> shared)
      implements Suspects {
    @Override
    public Members now() {
      List<Integer> asked = new ArrayList<>(tags);
      shared.ifPresent(_ -> asked.add(Tagging.OF_SHARED));
      Map<Integer, long[]> found = agent.tagged(asked);
      long[] own =
          found.entrySet().stream()
              .filter(each -> each.getKey() != Tagging.OF_SHARED)
              .flatMapToLong(each -> LongStream.of(each.getValue()))
              .toArray();
      SharedStarts starts = new SharedStarts(found.getOrDefault(Tagging.OF_SHARED, new long[0]));
      return new Carrying(own, starts, shared.orElse(_ -> false));
    }
  }

  /// What the agent knew of tags at one moment.
  final class Carrying implements Members {
    private final long[] own;
    private final SharedStarts starts;
    private final LongPredicate wanted;
    private final long[] ids;

    private Carrying(long[] own, SharedStarts starts, LongPredicate wanted) {
      this.own = own;
      this.starts = starts;
      this.wanted = wanted;
      this.ids = LongStream.concat(LongStream.of(own), starts.ids().filter(wanted)).toArray();
    }

    @Override
    public boolean areNone() {
      return ids.length == 0;
    }

    @Override
    public Predicate<DumpThread> in(Dump all) {
      Set<Long> members = starts.of(wanted, all);
      LongStream.of(own).forEach(members::add);
      return thread -> thread.id().isPresent() && members.contains(thread.id().getAsLong());
    }

    @Override
    public long[] ids() {
      return ids;
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
        public Predicate<DumpThread> in(Dump all) {
          return now.in(all)
              .and(thread -> thread.id().isEmpty() || !Reported.has(thread.id().getAsLong()));
        }

        @Override
        public long[] ids() {
          return ids;
        }
      };
    }
  }
}
