package dev.groundhog.pouch.internal.engine;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The last events, for whoever wants to know what happens. Who follows holds a place in the row,
/// and nothing holds who follows.
public final class Events {
  /// As many are remembered as by Docker.
  private static final int REMEMBERED = 256;

  /// And so many more for those who follow slowly.
  private static final int KEPT = 4_096;

  // Guarded by this object's lock.
  private final Deque<Event> last = new ArrayDeque<>();
  private long firstNumber;

  /// Tells all who follow.
  public synchronized void publish(
      String type, String action, String id, Map<String, String> attributes) {
    last.addLast(new Event(type, action, id, attributes, Instant.now()));
    if (last.size() > KEPT) {
      last.removeFirst();
      firstNumber++;
    }
    notifyAll();
  }

  /// Follows from now on.
  public synchronized Follower follow() {
    return new Follower(firstNumber + last.size());
  }

  /// Those that are remembered, the oldest first.
  public synchronized List<Event> past() {
    List<Event> all = new ArrayList<>(last);
    return all.subList(Math.max(0, all.size() - REMEMBERED), all.size());
  }

  /// One who follows.
  public final class Follower {
    private long next;

    private Follower(long next) {
      this.next = next;
    }

    /// Waits for the next event.
    ///
    /// @return empty once it is `until`
    public Optional<Event> next(Optional<Instant> until) throws InterruptedException {
      synchronized (Events.this) {
        while (next >= firstNumber + last.size()) {
          if (until.isEmpty()) {
            Events.this.wait();
          } else {
            long millis = Instant.now().until(until.get(), java.time.temporal.ChronoUnit.MILLIS);
            if (millis <= 0) {
              return Optional.empty();
            }
            Events.this.wait(millis);
          }
        }
        next = Math.max(next, firstNumber); // who is too slow misses some
        Event event = last.stream().skip(next - firstNumber).findFirst().orElseThrow();
        next++;
        return Optional.of(event);
      }
    }
  }
}
