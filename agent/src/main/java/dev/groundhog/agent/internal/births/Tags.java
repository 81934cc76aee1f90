package dev.groundhog.agent.internal.births;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The tags that threads were told to hand on, by their ids, also 0: a thread that was told so
/// hands on nothing, whatever it inherited. They outlive a change of what is recorded. Safe to
/// share.
///
/// Bounded: a thread's tag goes when it ends. Where there are more than [#MAX] all the same, those
/// beyond are unknown, and from then on so are all that would be inherited: a thread without a tag
/// is nobody's fault, one with a wrong tag is somebody else's.
final class Tags {
  static final int MAX = 10_000;

  private final Map<Long, Integer> own = new ConcurrentHashMap<>();

  /// Whether anybody ever had one.
  private volatile boolean used;

  private volatile boolean incomplete;

  void set(long threadId, int tag) {
    if (tag == 0 && !used) {
      return;
    }
    if (own.size() >= MAX && !own.containsKey(threadId)) {
      incomplete = true;
      return;
    }
    own.put(threadId, tag);
    used = true;
  }

  /// Whether somebody works with tags, so that they have to be handed on.
  boolean areUsed() {
    return used;
  }

  /// What `threadId` hands on; 0 if nothing or if that is not known.
  ///
  /// @param births has what it inherited
  int of(long threadId, BirthLog births) {
    if (!used) {
      return 0;
    }
    Integer told = own.get(threadId);
    return told != null ? told : incomplete ? 0 : births.tag(threadId);
  }

  /// Called by threads that end: no lock is taken for one that has no tag.
  void ended(long threadId) {
    if (used && own.containsKey(threadId)) {
      own.remove(threadId);
    }
  }

  /// Nobody is told of ends any more.
  void clear() {
    own.clear();
    used = false;
    incomplete = false;
  }

  int size() {
    return own.size();
  }
}
