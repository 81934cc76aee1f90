package dev.groundhog.pouch.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The last events, for whoever wants to know what happens. Who follows holds a place in the row,
/// and nothing holds who follows: one that doesn't read holds up nobody, and misses what is no
/// longer kept.
public final class Events {
  /// As many are remembered as by Docker.
  private static final int REMEMBERED = 256;

  /// And so many more for those who follow slowly.
  static final int KEPT = 4_096;

  /// But no more than have so many characters: each event has all labels of its container, and some
  /// a command.
  static final long KEPT_CHARACTERS = 16L << 20;

  // Guarded by this object's lock. An event's place is its number modulo the row's length.
  private final @Nullable Event[] row = new Event[KEPT];
  private long first;
  private long end;
  private long characters;

  /// Tells all who follow.
  public synchronized void publish(
      String type, String action, String id, Map<String, String> attributes) {
    if (end - first == KEPT) {
      dropFirst();
    }
    Event event = new Event(type, action, id, attributes, Instant.now());
    row[place(end++)] = event;
    characters += characters(event);
    while (characters > KEPT_CHARACTERS && end - first > 1) {
      dropFirst();
    }
    notifyAll();
  }

  private void dropFirst() {
    characters -= characters(at(first));
    row[place(first++)] = null;
  }

  private static long characters(Event event) {
    return event.action().length()
        + event.attributes().entrySet().stream()
            .mapToLong(attribute -> attribute.getKey().length() + attribute.getValue().length())
            .sum();
  }

  private static int place(long number) {
    return (int) (number % KEPT);
  }

  private Event at(long number) {
    return Objects.requireNonNull(row[place(number)]);
  }

  /// Follows from now on, or from the first event on that is remembered and not before `since`.
  ///
  /// @param until events from then on are not told, and following ends
  public synchronized Follower follow(Optional<Instant> since, Optional<Instant> until) {
    long next = since.isEmpty() ? end : Math.max(first, end - REMEMBERED);
    while (next < end && at(next).time().isBefore(since.orElseThrow())) {
      next++;
    }
    return new Follower(next, until);
  }

  /// One who follows.
  public final class Follower {
    private static final Duration LOOK_AGAIN = Duration.ofDays(1);

    private final Optional<Instant> until;
    private long next;

    private Follower(long next, Optional<Instant> until) {
      this.next = next;
      this.until = until;
    }

    /// Waits for the next event.
    ///
    /// @return empty once it is `until`
    public Optional<Event> next() throws InterruptedException {
      synchronized (Events.this) {
        while (next >= end) {
          if (until.isEmpty()) {
            Events.this.wait();
          } else {
            Duration left = Duration.between(Instant.now(), until.get());
            if (!left.isPositive()) {
              return Optional.empty();
            }
            Duration wait = left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
            Events.this.wait(wait.plusMillis(1).toMillis());
          }
        }
        next = Math.max(next, first); // who is too slow misses some
        Event event = at(next);
        if (until.isPresent() && !event.time().isBefore(until.get())) {
          return Optional.empty();
        }
        next++;
        return Optional.of(event);
      }
    }
  }
}
