package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// A stack that starts threads, and how many of those that were recorded there are.
final class CreationSite {
  /// What a recorded thread stands for.
  enum Share {
    /// For itself: every thread like it is recorded.
    ONE,
    /// For others too that are not recorded.
    MANY
  }

  /// How many of one share there are.
  static final class Numbers {
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong alive = new AtomicLong();
    private final AtomicLong collected = new AtomicLong();

    /// To be read after the others: then it is never less than what is left of it.
    long started() {
      return started.get();
    }

    long alive() {
      return Math.max(0, alive.get());
    }

    /// To be read first: one that is told as collected meanwhile counts once.
    long collected() {
      return Math.max(0, collected.get());
    }
  }

  private final int number;
  private final boolean isVirtual;
  private final Numbers ones = new Numbers();
  private final Numbers many = new Numbers();
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

  Numbers of(Share share) {
    return switch (share) {
      case ONE -> ones;
      case MANY -> many;
    };
  }

  void started(Share share) {
    Numbers numbers = of(share);
    numbers.started.incrementAndGet();
    numbers.alive.incrementAndGet();
    long now = ones.alive.get() + many.alive.get();
    long before = peak.get();
    while (now > before && !peak.compareAndSet(before, now)) {
      before = peak.get();
    }
  }

  void ended(Share share) {
    of(share).alive.decrementAndGet();
  }

  /// One that was alive has been told as collected.
  void collected(Share share) {
    of(share).alive.decrementAndGet();
    of(share).collected.incrementAndGet();
  }

  /// One that was told as collected has ended all the same.
  void endedLater(Share share) {
    of(share).collected.decrementAndGet();
  }

  /// One that was told as collected has been seen alive.
  void seenAgain(Share share) {
    of(share).collected.decrementAndGet();
    of(share).alive.incrementAndGet();
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

  boolean hasStarted() {
    return ones.started() > 0 || many.started() > 0;
  }

  long recordedPeak() {
    return peak.get();
  }
}
