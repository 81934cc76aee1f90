package dev.groundhog.agent.internal.births;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// The threads that are just turning a stack into names, at most 64 at once. That loads classes the
/// first time, and who knows what else it makes start: what such a thread starts is not recorded,
/// so that nothing goes round in circles. Waits for nobody.
final class Namers {
  private static final int MAX = 64;

  private final AtomicLongArray ids = new AtomicLongArray(MAX);
  private final AtomicInteger size = new AtomicInteger();

  /// @return what to give to [#leave]; -1 if there are too many, or if the thread is one of them
  int enter() {
    long id = Thread.currentThread().threadId();
    if (!has(id)) {
      for (int slot = 0; slot < MAX; slot++) {
        if (ids.get(slot) == 0 && ids.compareAndSet(slot, 0, id)) {
          size.getAndIncrement();
          return slot;
        }
      }
    }
    return -1;
  }

  void leave(int slot) {
    ids.set(slot, 0);
    size.getAndDecrement();
  }

  /// Almost always one look, since nearly all stacks have their names.
  boolean has(long id) {
    if (size.get() > 0) {
      for (int slot = 0; slot < MAX; slot++) {
        if (ids.get(slot) == id) {
          return true;
        }
      }
    }
    return false;
  }
}
