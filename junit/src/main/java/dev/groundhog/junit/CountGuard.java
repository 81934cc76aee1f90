package dev.groundhog.junit;

import dev.groundhog.junit.internal.Moment;
import dev.groundhog.junit.internal.Pauses;
import dev.groundhog.leak.Words;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Compares how many threads there are before and after: the simplest guard.
///
/// ```java
/// try (CountGuard guard = Leaks.countGuard()) {
///   …
/// }
/// ```
///
/// Limits: it counts platform threads alone, those of the current thread's group, since the JVM
/// does not count virtual ones. An old thread that ends hides one that leaked, and one that the
/// runner starts meanwhile is taken for a leak; it can't run beside other tests. It names the
/// threads that are new, not who started them or where they are. [Leaks#snapshot] does better.
public final class CountGuard implements AutoCloseable {
  private static final int MAX_NAMED = 10;

  /// A thread may be started between the count of the array and the look.
  private static final int SPARE = 16;

  private final int before = Thread.activeCount();

  /// Ids only grow, so that this costs no list of the threads that were there.
  private final Moment begun = Moment.now();

  private final Duration within;

  CountGuard(Duration within) {
    this.within = within;
  }

  /// Waits until there are no more threads than before, or the time that it was given is over, or
  /// somebody interrupts; then it counts once more, and the thread stays interrupted.
  ///
  /// @throws AssertionError if there are still more; it names those that are new
  @Override
  public void close() {
    int now = Thread.activeCount();
    try (Pauses pauses = new Pauses()) {
      while (now > before && pauses.pause(within)) {
        now = Thread.activeCount();
      }
    }
    if (now > before) {
      throw new AssertionError(
          "leak: there are "
              + now
              + " platform threads, and there were "
              + before
              + " before"
              + named(newThreads()));
    }
  }

  private List<Thread> newThreads() {
    Thread[] all = new Thread[Thread.activeCount() + SPARE];
    return Arrays.stream(all, 0, Thread.enumerate(all))
        .filter(thread -> thread.threadId() > begun.id())
        .sorted(Comparator.comparingLong(Thread::threadId))
        .toList();
  }

  /// `; new are "pool-1-thread-1" #35, "pool-1-thread-2" #36 and 3 more`.
  private static String named(List<Thread> threads) {
    if (threads.isEmpty()) {
      return "";
    }
    String some =
        threads.stream()
            .limit(MAX_NAMED)
            .map(thread -> '"' + Words.line(thread.getName()) + "\" #" + thread.threadId())
            .collect(Collectors.joining(", "));
    int more = threads.size() - MAX_NAMED;
    return "; new are " + some + (more > 0 ? " and " + more + " more" : "");
  }
}
