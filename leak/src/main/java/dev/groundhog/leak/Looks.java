package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What one process did at several moments. A thread that is at the same stack in each look has
/// been there at least from the end of the first of them, by which it was seen, to the beginning of
/// the latest, before which it was not looked at; that is a lower bound, and "unknown" is not 0.
///
/// Moments are those of [System#nanoTime], since the clock on the wall can jump.
///
/// Costs some 50 bytes for each thread; not thread-safe.
public final class Looks {
  private record Seen(CallStack stack, long sinceNanos) {}

  private Map<Long, Seen> seen = new HashMap<>();
  private OptionalLong latestBeganNanos = OptionalLong.empty();
  private long latestEndedNanos;

  /// Adds a look at the same process, later than those before.
  ///
  /// @param beganNanos [System#nanoTime] before the dump was asked for
  /// @param endedNanos [System#nanoTime] when it had been read
  public void add(Dump dump, long beganNanos, long endedNanos) {
    boolean overlaps = latestBeganNanos.isPresent() && beganNanos - latestEndedNanos < 0;
    if (overlaps || endedNanos - beganNanos < 0) {
      throw new IllegalArgumentException(
          "a look from %d to %d after one that ended at %d"
              .formatted(beganNanos, endedNanos, latestEndedNanos));
    }
    Map<Long, Seen> now = new HashMap<>();
    dump.forEach(thread ->
        thread
            .id()
            .ifPresent(id -> {
              Seen before = seen.get(id);
              long since =
                  before != null && before.stack.equals(thread.stack())
                      ? before.sinceNanos
                      : endedNanos;
              now.put(id, new Seen(thread.stack(), since));
            }));
    seen = now;
    latestBeganNanos = OptionalLong.of(beganNanos);
    latestEndedNanos = endedNanos;
  }

  /// How long `thread` of the latest look is known to have been at its stack: what the dump itself
  /// says, else what the looks say; empty if neither says anything.
  public Optional<Duration> atLeast(DumpThread thread) {
    Optional<Duration> observed =
        thread.id().stream()
            .mapToObj(seen::get)
            .filter(s -> s != null && s.stack.equals(thread.stack()))
            .map(s -> Duration.ofNanos(latestBeganNanos.orElseThrow() - s.sinceNanos))
            .filter(Duration::isPositive)
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
