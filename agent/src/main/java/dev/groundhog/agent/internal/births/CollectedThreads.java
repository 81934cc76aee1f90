package dev.groundhog.agent.internal.births;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/// Recorded threads that a dump has told as collected, the latest [#MAX]; the sites of older ones
/// have them only as a number. They are suspected, not proven: one that ends after all is
/// forgotten, and so is one that is seen alive. Safe to share.
final class CollectedThreads {
  static final int MAX = 10_000;

  record Entry(long creator, long startedNanos, int site, int tag) {}

  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

  /// The oldest first, also some that have ended.
  private final Queue<Long> order = new ArrayDeque<>();

  synchronized void add(long id, Entry entry) {
    entries.put(id, entry);
    order.add(id);
    if (order.size() > MAX) {
      entries.remove(order.remove());
    }
  }

  /// Called by threads that end: no lock is taken for one that is not known.
  ///
  /// @return what was known of it
  Optional<Entry> remove(long id) {
    return entries.containsKey(id) ? Optional.ofNullable(entries.remove(id)) : Optional.empty();
  }

  /// As [BirthLog#find].
  boolean find(long id, BirthLog.Taker taker) {
    Entry entry = entries.get(id);
    if (entry != null) {
      taker.take(id, entry.creator, entry.startedNanos, entry.site, entry.tag);
    }
    return entry != null;
  }

  void each(BirthLog.Taker taker) {
    entries.forEach(
        (id, entry) -> taker.take(id, entry.creator, entry.startedNanos, entry.site, entry.tag));
  }
}
