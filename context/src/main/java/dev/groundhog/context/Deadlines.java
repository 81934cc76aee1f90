package dev.groundhog.context;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The one timer of all deadlines. Its thread ends when there has been none for a while.
final class Deadlines {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Deadlines() {}

  static CancellableContext child(Context parent, Deadline deadline) {
    CancellableContext canceller = BaseContext.canceller(parent);
    Optional<Deadline> above = canceller == null ? Optional.empty() : canceller.ownDeadline();
    if (above.isPresent() && !deadline.isBefore(above.get())) {
      return new CancellableContext(parent, above);
    }
    CancellableContext child = new CancellableContext(parent, Optional.of(deadline));
    long nanos = deadline.nanosLeft();
    if (nanos <= 0) {
      pass(child);
    } else {
      ScheduledFuture<?> timer = TIMER.schedule(() -> pass(child), nanos, TimeUnit.NANOSECONDS);
      child.endsWith(() -> timer.cancel(false));
    }
    return child;
  }

  private static void pass(CancellableContext context) {
    context.end(Cancellation.DEADLINE_EXCEEDED, Links.Interrupts.ALL);
  }

  /// How many have not passed yet.
  static int pending() {
    return TIMER.getQueue().size();
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
