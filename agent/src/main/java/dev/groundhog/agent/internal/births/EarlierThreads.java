package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;

/// Threads whose start was recorded before recording began anew, and that were alive then. Which of
/// them have ended is not known for sure: they count nowhere, and none is suspected. Safe to share.
///
/// Bounded: of more than [#MAX] the others are from before, without a start.
final class EarlierThreads {
  static final int MAX = 100_000;

  /// @param stack where it was started
  /// @param tag what it inherited
  record Entry(long creator, long startedNanos, CallStack stack, int tag) {}

  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

  void add(long id, Entry entry) {
    if (entries.size() < MAX) {
      entries.put(id, entry);
    }
  }

  Optional<Entry> find(long id) {
    return Optional.ofNullable(entries.get(id));
  }

  /// Called by threads that end: no lock is taken for one that is not known.
  void remove(long id) {
    if (entries.containsKey(id)) {
      entries.remove(id);
    }
  }

  void each(ObjLongConsumer<Entry> taker) {
    entries.forEach((id, entry) -> taker.accept(entry, id));
  }
}
