package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What one process did at several moments. A thread that is at the same stack in each look has
/// been there at least from the end of the first of them, by which it was seen, to the beginning of
/// the latest, before which it was not looked at; that is a lower bound, and "unknown" is not 0.
///
/// Moments are those of [System#nanoTime], since the clock on the wall can jump.
///
/// Costs some 100 bytes for each thread that it remembers; not thread-safe.
public final class Looks {
  /// @param since the look that first saw the thread at this stack
  /// @param isNew whether no look before `since` saw the thread anywhere
  private record Seen(CallStack stack, Look since, boolean isNew) {}

  private record Look(int number, long beganNanos, long endedNanos) {}

  /// How threads gathered at one stack.
  ///
  /// @param newcomers how many came there that the process did not have before
  /// @param over for how long at least nobody left that stack
  public record Growth(long newcomers, Duration over) {}

  /// By how much Go's own number of minutes may be too large. A goroutine that a collection finds
  /// waiting is said to wait since the mark termination of the collection before (`gcMark` and
  /// `markroot` in Go's runtime): one that parked ten seconds ago can be said to wait for 2
  /// minutes. The runtime forces a collection after 2 minutes (`forcegcperiod`), and looks for that
  /// at least once a minute. With `GOGC=off` nothing bounds it.
  private static final Duration GO_MINUTES_TOO_MANY = Duration.ofMinutes(3);

  /// Fewer arrivals than these could be chance.
  private static final int MIN_ARRIVALS = 2;

  private final int maxThreads;
  private boolean hasForgotten;
  private long highestId = Long.MIN_VALUE;

  /// Never changed, only replaced.
  private volatile Map<Long, Seen> seen = Map.of();

  private Map<CallStack, Look> nobodyLeftSince = new HashMap<>();
  private Optional<Look> first = Optional.empty();
  private Optional<Look> latest = Optional.empty();

  /// Remembers every thread.
  public Looks() {
    this(Integer.MAX_VALUE);
  }

  /// Remembers at most `maxThreads` threads, of a larger look the ones with the lowest ids: a
  /// runtime counts its ids up, so they are the oldest. Nothing is known of the others.
  public Looks(int maxThreads) {
    this.maxThreads = maxThreads;
  }

  /// A look that goes on: takes its threads one by one and holds of them what will be remembered.
  /// For one thread.
  public static final class Taking {
    private final int maxThreads;
    private final long beganNanos;
    private final Map<Long, CallStack> stacks = new HashMap<>();
    private boolean hasForgotten;
    private long highestId = Long.MIN_VALUE;

    private Taking(int maxThreads, long beganNanos) {
      this.maxThreads = maxThreads;
      this.beganNanos = beganNanos;
    }

    /// Takes one thread.
    public void add(DumpThread thread) {
      thread
          .id()
          .ifPresent(id -> {
            highestId = Math.max(highestId, id);
            stacks.put(id, thread.stack());
            if (stacks.size() > 2L * maxThreads) {
              forget();
            }
          });
    }

    private void forget() {
      if (stacks.size() > maxThreads) {
        long[] ids = stacks.keySet().stream().mapToLong(id -> id).sorted().toArray();
        long last = ids[maxThreads - 1];
        stacks.keySet().removeIf(id -> id > last);
        hasForgotten = true;
      }
    }
  }

  /// Begins a look, which [#add(Taking)] ends.
  public Taking begin() {
    return new Taking(maxThreads, System.nanoTime());
  }

  /// Adds the look that `taking` took until now.
  ///
  /// @throws IllegalArgumentException if it began before the latest one ended
  public void add(Taking taking) {
    add(taking, System.nanoTime());
  }

  /// Adds a look at the same process, later than those before.
  ///
  /// @param beganNanos [System#nanoTime] before the dump was asked for
  /// @param endedNanos [System#nanoTime] when it had been read
  public void add(Dump dump, long beganNanos, long endedNanos) {
    Taking taking = new Taking(maxThreads, beganNanos);
    dump.forEach(taking::add);
    add(taking, endedNanos);
  }

  private void add(Taking taking, long endedNanos) {
    taking.forget();
    if (latest.filter(before -> taking.beganNanos - before.endedNanos < 0).isPresent()
        || endedNanos - taking.beganNanos < 0) {
      throw new IllegalArgumentException(
          "a look from %d to %d after %s".formatted(taking.beganNanos, endedNanos, latest));
    }
    Look look = new Look(latest.map(l -> l.number + 1).orElse(0), taking.beganNanos, endedNanos);
    hasForgotten |= taking.hasForgotten;
    Map<Long, Seen> now = new HashMap<>();
    taking.stacks.forEach((id, stack) -> now.put(id, seenAgain(id, stack, look)));
    Set<CallStack> left = leftSince(now);
    Map<CallStack, Look> since = new HashMap<>();
    Set<CallStack> stacks = Collections.newSetFromMap(new IdentityHashMap<>());
    stacks.addAll(taking.stacks.values());
    for (CallStack stack : stacks) {
      since.put(stack, left.contains(stack) ? look : nobodyLeftSince.getOrDefault(stack, look));
    }
    seen = now;
    nobodyLeftSince = since;
    highestId = Math.max(highestId, taking.highestId);
    first = first.or(() -> Optional.of(look));
    latest = Optional.of(look);
  }

  /// The stacks of the latest look that somebody is not at any more.
  private Set<CallStack> leftSince(Map<Long, Seen> now) {
    Set<CallStack> left = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.forEach((id, before) -> {
      Seen after = now.get(id);
      if (after == null || !after.stack.equals(before.stack)) {
        left.add(before.stack);
      }
    });
    return new HashSet<>(left);
  }

  private Seen seenAgain(long id, CallStack stack, Look look) {
    Seen before = seen.get(id);
    return before != null && before.stack.equals(stack)
        ? before
        : new Seen(stack, look, before == null && !(hasForgotten && id <= highestId));
  }

  /// From the end of the first look to the beginning of the latest; empty with fewer than two.
  public Optional<Duration> watched() {
    return latest
        .map(look -> Duration.ofNanos(look.beganNanos - first.orElseThrow().endedNanos))
        .filter(Duration::isPositive);
  }

  /// How long `thread` of the latest look is known to have been at its stack: the longer of what
  /// the looks and the dump itself say, of Go's minutes three fewer, since they can be that wrong;
  /// empty if neither says anything.
  public Optional<Duration> atLeast(DumpThread thread) {
    Optional<Duration> observed = seen(thread).map(s -> until(s.since));
    Optional<Duration> told =
        thread
            .waiting()
            .map(time ->
                thread.kind() == ThreadKind.GOROUTINE ? time.minus(GO_MINUTES_TOO_MANY) : time);
    return Stream.of(observed, told)
        .flatMap(Optional::stream)
        .filter(Duration::isPositive)
        .max(Comparator.naturalOrder());
  }

  /// How long `thread`, which is looked at now, has been at its stack as far as the looks before
  /// say; empty if they do not. May be asked by other threads while a look is added.
  public Optional<Duration> untilNow(DumpThread thread) {
    long now = System.nanoTime();
    return seen(thread).map(s -> Duration.ofNanos(now - s.since.endedNanos));
  }

  /// The shortest time for which all threads of `group` are known to have been there; empty if one
  /// of them is not known.
  public Optional<Duration> atLeast(StackGroup group, Dump dump) {
    Duration shortest = null;
    for (int row : group.rows()) {
      Optional<Duration> one = atLeast(dump.row(row));
      if (one.isEmpty()) {
        return Optional.empty();
      }
      if (shortest == null || one.get().compareTo(shortest) < 0) {
        shortest = one.get();
      }
    }
    return Optional.ofNullable(shortest);
  }

  /// Whether threads gather at the stack of `group` of the latest look: threads that the process
  /// did not have before came there at two looks or more, and between the looks nobody was seen to
  /// leave it. Handlers that come and go, and workers that come back to the same place, do not
  /// gather.
  public Optional<Growth> growth(StackGroup group, Dump dump) {
    Look since = nobodyLeftSince.get(group.stack());
    if (since == null) {
      return Optional.empty();
    }
    long newcomers = 0;
    Set<Integer> arrivals = new HashSet<>();
    for (int row : group.rows()) {
      Optional<Look> came =
          seen(dump.row(row))
              .filter(Seen::isNew)
              .map(Seen::since)
              .filter(l -> l.number > since.number);
      if (came.isPresent()) {
        newcomers++;
        arrivals.add(came.get().number);
      }
    }
    return arrivals.size() < MIN_ARRIVALS
        ? Optional.empty()
        : Optional.of(new Growth(newcomers, until(since)));
  }

  private Optional<Seen> seen(DumpThread thread) {
    return thread.id().stream()
        .mapToObj(seen::get)
        .filter(s -> s != null && s.stack.equals(thread.stack()))
        .findFirst();
  }

  private Duration until(Look since) {
    return Duration.ofNanos(latest.orElseThrow().beganNanos - since.endedNanos);
  }
}
