package dev.groundhog.leak;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// How many threads were in each group at the last moments that were looked at. Of each look the
/// largest groups are kept. Moments are those of [System#nanoTime]. Not thread-safe.
///
/// @param <K> what tells groups apart, such as their signature
public final class History<K> {
  private static final int MAX_LOOKS = 60;
  private static final int MAX_GROUPS = 200;
  private static final double MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private record Look<K>(long nanos, Map<K, Long> counts, boolean isWhole) {
    /// Empty if it may have left the group out.
    OptionalLong count(K group) {
      Long count = counts.get(group);
      return count != null
          ? OptionalLong.of(count)
          : isWhole ? OptionalLong.of(0) : OptionalLong.empty();
    }

    /// Of several groups together.
    OptionalLong count(Collection<K> groups) {
      List<OptionalLong> each = groups.stream().map(this::count).toList();
      return each.stream().allMatch(OptionalLong::isPresent)
          ? OptionalLong.of(each.stream().mapToLong(OptionalLong::getAsLong).sum())
          : OptionalLong.empty();
    }
  }

  /// What a group was.
  ///
  /// @param ago how long before the moment that was asked for
  /// @param count how many threads; 0 if there were none
  public record Point(Duration ago, long count) {}

  private final int maxLooks;
  private final int maxGroups;
  private final Deque<Look<K>> looks = new ArrayDeque<>();

  /// Keeps the last 60 looks, and of each the 200 largest groups.
  public History() {
    this(MAX_LOOKS, MAX_GROUPS);
  }

  /// @param maxLooks how many looks are kept
  /// @param maxGroups how many groups of each
  public History(int maxLooks, int maxGroups) {
    this.maxLooks = maxLooks;
    this.maxGroups = maxGroups;
  }

  /// Adds a look, later than those before.
  ///
  /// @param counts how many threads each group had
  public void add(long nanos, Map<K, Long> counts) {
    add(nanos, counts, Map.Entry.<K, Long>comparingByValue(Comparator.reverseOrder()));
  }

  /// The same, where others than the largest are to be kept.
  ///
  /// @param order those that are kept first
  void add(long nanos, Map<K, Long> counts, Comparator<? super Map.Entry<K, Long>> order) {
    Map<K, Long> kept =
        counts.entrySet().stream()
            .sorted(order)
            .limit(maxGroups)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (looks.size() == maxLooks) {
      looks.removeFirst();
    }
    looks.addLast(new Look<>(nanos, kept, counts.size() <= maxGroups));
  }

  /// The looks at a group, the first of them and then those that saw another count than the one
  /// before; looks that may have left it out as one of the smallest are passed over.
  public List<Point> of(K group, long nowNanos) {
    List<Point> points = new ArrayList<>();
    long last = -1;
    for (Look<K> look : looks) {
      OptionalLong count = look.count(group);
      if (count.isPresent() && count.getAsLong() != last) {
        last = count.getAsLong();
        points.add(new Point(Duration.ofNanos(nowNanos - look.nanos), last));
      }
    }
    return points;
  }

  /// How many threads some groups had together at each look that is kept, the oldest first; empty
  /// where the look may have left one of them out.
  List<OptionalLong> counts(Collection<K> groups) {
    return looks.stream().map(look -> look.count(groups)).toList();
  }

  /// By how many threads a minute some groups grew together, from the first look that is kept and
  /// tells how many they were to the last one; negative if they became fewer, empty if fewer than
  /// two looks tell.
  public OptionalDouble growthPerMinute(Collection<K> groups) {
    Optional<Look<K>> first = Optional.empty();
    Optional<Look<K>> last = Optional.empty();
    for (Look<K> look : looks) {
      if (look.count(groups).isPresent()) {
        first = first.or(() -> Optional.of(look));
        last = Optional.of(look);
      }
    }
    if (first.isEmpty() || last.orElseThrow().nanos == first.get().nanos) {
      return OptionalDouble.empty();
    }
    long growth = last.get().count(groups).getAsLong() - first.get().count(groups).getAsLong();
    return OptionalDouble.of(growth * MINUTE_NANOS / (last.get().nanos - first.get().nanos));
  }

  /// What is kept of the latest look; empty before the first.
  Map<K, Long> latest() {
    return looks.isEmpty() ? Map.of() : looks.getLast().counts;
  }

  /// What was seen in one of the looks that are kept.
  Set<K> groups() {
    Set<K> groups = new HashSet<>();
    looks.forEach(look -> groups.addAll(look.counts.keySet()));
    return groups;
  }
}
