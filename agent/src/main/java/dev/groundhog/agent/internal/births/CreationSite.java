package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// A stack that starts threads, and how many of those that were recorded there are.
final class CreationSite {
  private final int number;
  private final boolean isVirtual;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong alive = new AtomicLong();
  private final AtomicLong collected = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final AtomicBoolean isBeingNamed = new AtomicBoolean();

  /// How often that was tried; under `isBeingNamed`.
  private int tries;

  private volatile CallStack stack = CallStack.EMPTY;

  /// @param number what the log of births knows it by
  /// @param isVirtual what it starts
  CreationSite(int number, boolean isVirtual) {
    this.number = number;
    this.isVirtual = isVirtual;
  }

  int number() {
    return number;
  }

  boolean isVirtual() {
    return isVirtual;
  }

  void started() {
    started.incrementAndGet();
    long now = alive.incrementAndGet();
    long before = peak.get();
    while (now > before && !peak.compareAndSet(before, now)) {
      before = peak.get();
    }
  }

  void ended() {
    alive.decrementAndGet();
  }

  /// One that was alive has been told as collected.
  void collected() {
    alive.decrementAndGet();
    collected.incrementAndGet();
  }

  /// One that was told as collected has ended all the same.
  void endedLater() {
    collected.decrementAndGet();
  }

  boolean isNameless() {
    return stack.frames().isEmpty();
  }

  /// Takes its stack from `names`, unless that was tried `maxTries` times or somebody else is at
  /// it. A failure of `names` is none of the caller's, who starts a thread: the memory may be full,
  /// or its stack.
  void name(int maxTries, Supplier<CallStack> names) {
    if (isBeingNamed.compareAndSet(false, true)) {
      try {
        if (isNameless() && tries++ < maxTries) {
          stack = names.get();
        }
      } catch (RuntimeException | Error _) {
        // another thread tries again
      } finally {
        isBeingNamed.set(false);
      }
    }
  }

  /// The creator's own frames first; empty as long as it has no names.
  CallStack stack() {
    return stack;
  }

  long recordedStarts() {
    return started.get();
  }

  long recordedAlive() {
    return alive.get();
  }

  long recordedCollected() {
    return collected.get();
  }

  long recordedPeak() {
    return peak.get();
  }
}
