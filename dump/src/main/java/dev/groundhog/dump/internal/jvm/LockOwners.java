package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.LockRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// Finds out who has the lock that a thread waits for, by the thread that holds the same object,
/// which may stand before or after it in the dump. Gives threads on in their order.
///
/// Bounded: from a thread whose owner is not yet known, at most [#MAX_HELD_BACK] threads wait for
/// the owner to appear, and at most [#MAX_LOCKS] locks are remembered; beyond that owners stay
/// unknown.
final class LockOwners {
  static final int MAX_HELD_BACK = 20_000;
  private static final int MAX_LOCKS = 200_000;

  private final DumpSink sink;
  private final Set<JvmThread.Wait> findable;
  private final Map<LockRef, Long> owners = new HashMap<>();
  private final List<JvmThread> heldBack = new ArrayList<>();
  private boolean gaveUp;

  /// @param findable the ways of waiting whose locks the format lists at their holders
  LockOwners(DumpSink sink, Set<JvmThread.Wait> findable) {
    this.sink = sink;
    this.findable = findable;
  }

  void thread(JvmThread thread) {
    if (thread.id.isPresent()) {
      for (LockRef lock : thread.holds()) {
        if (!lock.identity().isEmpty() && owners.size() < MAX_LOCKS) {
          owners.put(lock, thread.id.getAsLong());
        }
      }
    }
    boolean open = thread.owner.isEmpty() && thread.wants(findable).isPresent() && !resolve(thread);
    if (heldBack.isEmpty() && (gaveUp || !open)) {
      sink.thread(thread.build());
      return;
    }
    heldBack.add(thread);
    if (heldBack.size() >= MAX_HELD_BACK) {
      gaveUp = true;
      flush();
    }
  }

  /// Gives on everything that was held back; call it once, before the sink's `end`.
  void flush() {
    for (JvmThread thread : heldBack) {
      resolve(thread);
      sink.thread(thread.build());
    }
    heldBack.clear();
  }

  private boolean resolve(JvmThread thread) {
    Long owner = thread.wants(findable).map(owners::get).orElse(null);
    if (owner == null || thread.owner.isPresent() || isSelf(thread, owner)) {
      return false;
    }
    thread.owner = OptionalLong.of(owner);
    return true;
  }

  private static boolean isSelf(JvmThread thread, long owner) {
    return thread.id.isPresent() && thread.id.getAsLong() == owner;
  }
}
