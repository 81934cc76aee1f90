package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import java.util.concurrent.atomic.AtomicLong;

/// A stack that starts threads, and how many of those that were recorded there are.
final class CreationSite {
  private final int number;
  private final boolean isVirtual;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong alive = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
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

  void resolved(CallStack frames) {
    stack = frames;
  }

  /// The creator's own frames first; empty for a moment when it is new.
  CallStack stack() {
    return stack;
  }

  long recordedStarts() {
    return started.get();
  }

  long recordedAlive() {
    return alive.get();
  }

  long recordedPeak() {
    return peak.get();
  }
}
