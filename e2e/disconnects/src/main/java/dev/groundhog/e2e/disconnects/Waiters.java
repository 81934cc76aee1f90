package dev.groundhog.e2e.disconnects;

import dev.groundhog.context.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Handlers of the server that wait until they are interrupted, and when they were told. A thread
/// looks a thousand times a second which of their contexts are cancelled: a handler's own thread
/// knows it only when it is its turn to run.
final class Waiters {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long LOOK_NANOS = 1_000_000;

  private static final class Waiter {
    final Context context;
    volatile long cancelled;
    volatile long interrupted;

    Waiter(Context context) {
      this.context = context;
    }

    @Override
    public String toString() {
      return cancelled + " " + interrupted;
    }
  }

  private final Map<String, Waiter> waiters = new ConcurrentHashMap<>();

  Waiters() {
    Thread.ofPlatform().daemon().name("looks-at-contexts").start(this::look);
  }

  String await(String id) {
    Waiter waiter = new Waiter(Context.current());
    waiters.put(id, waiter);
    try {
      Thread.sleep(PATIENCE);
    } catch (InterruptedException _) {
      waiter.interrupted = System.nanoTime();
    }
    return "";
  }

  /// A line for each, `ID CANCELLED INTERRUPTED`, in nanoseconds, 0 for not yet; they are forgotten
  /// with that if all were told.
  String told() {
    String lines =
        waiters.entrySet().stream()
            .map(waiter -> waiter.getKey() + " " + waiter.getValue() + "\n")
            .collect(Collectors.joining());
    if (waiters.values().stream().allMatch(waiter -> waiter.interrupted > 0)) {
      waiters.clear();
    }
    return lines;
  }

  private void look() {
    while (true) {
      LockSupport.parkNanos(LOOK_NANOS);
      for (Waiter waiter : waiters.values()) {
        if (waiter.cancelled == 0 && waiter.context.isCancelled()) {
          waiter.cancelled = System.nanoTime();
        }
      }
    }
  }
}
