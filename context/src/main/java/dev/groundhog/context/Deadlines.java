package dev.groundhog.context;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The one timer of all deadlines. Its thread ends when there has been none for a while.
final class Deadlines {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Deadlines() {}

  /// The moment at which `time` is over.
  static Instant after(Duration time) {
    try {
      return Instant.now().plus(time);
    } catch (DateTimeException | ArithmeticException _) {
      return time.isNegative() ? Instant.MIN : Instant.MAX;
    }
  }

  static CancellableContext child(Context parent, Instant deadline) {
    Optional<Instant> above = parent.deadline();
    if (above.isPresent() && !above.get().isAfter(deadline)) {
      return new CancellableContext(parent, above);
    }
    CancellableContext child = new CancellableContext(parent, Optional.of(deadline));
    long nanos = nanosUntil(deadline);
    if (nanos <= 0) {
      child.end(Cancellation.DEADLINE_EXCEEDED);
    } else if (nanos < Long.MAX_VALUE) {
      ScheduledFuture<?> timer =
          TIMER.schedule(
              () -> child.end(Cancellation.DEADLINE_EXCEEDED), nanos, TimeUnit.NANOSECONDS);
      child.endsWith(() -> timer.cancel(false));
    }
    return child;
  }

  /// How many have not passed yet.
  static int pending() {
    return TIMER.getQueue().size();
  }

  private static long nanosUntil(Instant deadline) {
    try {
      return Instant.now().until(deadline, ChronoUnit.NANOS);
    } catch (ArithmeticException _) {
      return deadline.isBefore(Instant.EPOCH) ? 0 : Long.MAX_VALUE; // some 292 years away
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform()
                .daemon()
                .name("groundhog-deadlines")
                .inheritInheritableThreadLocals(false)
                .factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }
}
