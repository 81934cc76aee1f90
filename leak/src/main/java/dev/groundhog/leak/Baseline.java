package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.HashMap;
import java.util.HashSet;
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
  private final OptionalLong pid;

  private Baseline(OptionalLong pid) {
    this.pid = pid;
  }

  /// The threads of `dump`, some 50 bytes for each.
  public static Baseline of(Dump dump) {
    Baseline baseline = new Baseline(dump.process().pid());
    for (StackGroup group : Groups.of(dump)) {
      baseline.counts.merge(group.signature(), group.count(), Long::sum);
      if (baseline.pid.isPresent()) {
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
  /// known to be of the same process.
  public OptionalLong newcomers(StackGroup group, Dump dump) {
    if (pid.isEmpty() || !pid.equals(dump.process().pid())) {
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
}
