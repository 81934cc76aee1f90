package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What one process did at several moments. A thread that is at the same stack in each look has
/// been there at least as long as the looks are apart; that is a lower bound, and "unknown" is not
/// 0.
///
/// Costs some 50 bytes for each thread; not thread-safe.
public final class Looks {
  private record Seen(CallStack stack, Instant since) {}

  private Map<Long, Seen> seen = new HashMap<>();
  private Instant latest = Instant.MIN;

  /// Adds a look at the same process, later than those before.
  public void add(Dump dump, Instant at) {
    if (at.isBefore(latest)) {
      throw new IllegalArgumentException("a look at " + at + " after one at " + latest);
    }
    Map<Long, Seen> now = new HashMap<>();
    dump.forEach(thread ->
        thread
            .id()
            .ifPresent(id -> {
              Seen before = seen.get(id);
              Instant since =
                  before != null && before.stack.equals(thread.stack()) ? before.since : at;
              now.put(id, new Seen(thread.stack(), since));
            }));
    seen = now;
    latest = at;
  }

  /// How long `thread` of the latest look is known to have been at its stack: what the dump itself
  /// says, else what the looks say; empty if neither says anything.
  public Optional<Duration> atLeast(DumpThread thread) {
    Optional<Duration> observed =
        thread.id().stream()
            .mapToObj(seen::get)
            .filter(s -> s != null && s.stack.equals(thread.stack()) && s.since.isBefore(latest))
            .map(s -> Duration.between(s.since, latest))
            .findFirst();
    if (thread.waiting().isPresent()
        && (observed.isEmpty() || thread.waiting().get().compareTo(observed.get()) > 0)) {
      return thread.waiting();
    }
    return observed;
  }

  /// The shortest time for which all threads of `group` are known to have been there; empty if one
  /// of them is not known.
  public Optional<Duration> atLeast(StackGroup group, Dump dump) {
    Duration shortest = null;
    for (int row : group.rows()) {
      Optional<Duration> one = atLeast(dump.row(row));
      if (one.isEmpty()) {
        return Optional.empty();
      }
      if (shortest == null || one.get().compareTo(shortest) < 0) {
        shortest = one.get();
      }
    }
    return Optional.ofNullable(shortest);
  }
}
