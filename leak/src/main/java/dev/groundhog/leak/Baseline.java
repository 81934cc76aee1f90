package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ProcessInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// What was there before: how many threads each signature had, and, for a later dump of the same
/// process, which ones. Immutable.
///
/// Growth is counted by signature, also within one process: a pool's old thread that is stuck in a
/// new request must not be excused by its id. Ids only tell how many of a group came since.
public final class Baseline {
  private final Map<String, Long> counts = new HashMap<>();
  private final Map<String, Set<Long>> ids = new HashMap<>();
  private final Dump dump;

  private Baseline(Dump dump) {
    this.dump = dump;
  }

  /// The threads of `dump`, which is kept, and some 50 bytes more for each.
  public static Baseline of(Dump dump) {
    return of(dump, Groups.of(dump));
  }

  /// The same without the threads that a rule expects: they must be left out of both sides of a
  /// comparison, or what they were before excuses the growth of the others.
  Baseline without(Suppressions suppressions) {
    return suppressions.rules().isEmpty()
        ? this
        : of(dump, suppressions.unsuppressed(Groups.of(dump), dump));
  }

  /// The same of some `groups` of `dump`.
  static Baseline of(Dump dump, List<StackGroup> groups) {
    Baseline baseline = new Baseline(dump);
    for (StackGroup group : groups) {
      baseline.counts.merge(group.signature(), group.count(), Long::sum);
      if (dump.process().pid().isPresent()) {
        Set<Long> members = baseline.ids.computeIfAbsent(group.signature(), _ -> new HashSet<>());
        group.rows().forEach(row -> dump.row(row).id().ifPresent(members::add));
      }
    }
    return baseline;
  }

  /// How many threads had this signature.
  public long count(String signature) {
    return counts.getOrDefault(signature, 0L);
  }

  /// How many threads of `group` were not there at this signature before; empty if `dump` is not
  /// taken for one of the same process: it must have the same PID and runtime, and be no older.
  ///
  /// Limit: in each container the first process has PID 1, so that two of them on the same runtime
  /// are taken for one. Growth does not depend on it.
  public OptionalLong newcomers(StackGroup group, Dump dump) {
    if (!isSameProcess(this.dump.process(), dump.process())) {
      return OptionalLong.empty();
    }
    Set<Long> before = ids.getOrDefault(group.signature(), Set.of());
    long newcomers = 0;
    for (int row : group.rows()) {
      DumpThread thread = dump.row(row);
      boolean wasThere = thread.id().isPresent() && before.contains(thread.id().getAsLong());
      newcomers += wasThere ? 0 : thread.count();
    }
    return OptionalLong.of(newcomers);
  }

  private static boolean isSameProcess(ProcessInfo before, ProcessInfo after) {
    boolean otherRuntime =
        !before.runtime().isEmpty()
            && !after.runtime().isEmpty()
            && !before.runtime().equals(after.runtime());
    boolean wasLater =
        before.time().isPresent()
            && after.time().isPresent()
            && before.time().get().isAfter(after.time().get());
    return before.pid().isPresent()
        && before.pid().equals(after.pid())
        && !otherRuntime
        && !wasLater;
  }
}
