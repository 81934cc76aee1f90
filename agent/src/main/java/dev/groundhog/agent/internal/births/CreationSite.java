package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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

  /// How many of one share there are. Whoever starts threads and those that end mostly run on
  /// different processors: what the two count lies apart, or they would wait for each other's
  /// cache.
  static final class Numbers {
    private static final int STARTED = 8;
    private static final int ENDED = 24;
    private static final int COLLECTED = 40;
    private static final int SIZE = 56;
    private static final int MAX_LOOKS = 8;

    private final AtomicLongArray counts = new AtomicLongArray(SIZE);

    /// To be read after the others: then it is never less than what is left of it.
    long started() {
      return counts.get(STARTED);
    }

    long ended() {
      return counts.get(ENDED);
    }

    /// Threads may start and end between the two looks, while the one that counts is off the CPU;
    /// where they never rest, too many are told by those.
    long alive() {
      long gone = gone();
      long alive = started() - gone;
      for (int look = 1; look < MAX_LOOKS; look++) {
        long now = gone();
        if (now == gone) {
          break;
        }
        gone = now;
        alive = Math.min(alive, started() - gone);
      }
      return Math.max(0, alive);
    }

    private long gone() {
      return counts.get(ENDED) + counts.get(COLLECTED);
    }

    /// To be read first: one that is told as collected meanwhile counts once.
    long collected() {
      return Math.max(0, counts.get(COLLECTED));
    }
  }

  private final int number;
  private final boolean isVirtual;
  private final Numbers ones = new Numbers();
  private final Numbers many = new Numbers();
  private final AtomicLong peak = new AtomicLong();

  /// How many had ended when that was last counted, which no more are alive than were started
  /// since. It may be from before what another thread has counted: then it is counted once more.
  private volatile long endedThen;

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
    of(share).counts.incrementAndGet(Numbers.STARTED);
    long started = ones.started() + many.started(); // before it is asked who is gone
    if (started - endedThen > peak.get()) {
      long ended = ones.ended() + many.ended();
      endedThen = ended;
      long collected = ones.collected() + many.collected();
      peak.accumulateAndGet(started - ended - collected, Math::max);
    }
  }

  void ended(Share share) {
    of(share).counts.incrementAndGet(Numbers.ENDED);
  }

  /// One that was alive has been told as collected.
  void collected(Share share) {
    of(share).counts.incrementAndGet(Numbers.COLLECTED);
  }

  /// One that was told as collected has ended all the same.
  void endedLater(Share share) {
    of(share).counts.decrementAndGet(Numbers.COLLECTED); // first: never more are gone than are
    of(share).counts.incrementAndGet(Numbers.ENDED);
  }

  /// One that was told as collected has been seen alive.
  void seenAgain(Share share) {
    of(share).counts.decrementAndGet(Numbers.COLLECTED);
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
