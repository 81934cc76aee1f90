package dev.groundhog.leak;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many threads were in each group at the last moments that were looked at, by signature. Of
/// each look the largest groups are kept. Moments are those of [System#nanoTime]. Not thread-safe.
public final class History {
  private record Look(long nanos, Map<String, Long> counts, boolean isWhole) {}

  /// What a group was.
  ///
  /// @param ago how long before the moment that was asked for
  /// @param count how many threads; 0 if there were none
  public record Point(Duration ago, long count) {}

  private final int maxLooks;
  private final int maxGroups;
  private final Deque<Look> looks = new ArrayDeque<>();

  /// @param maxLooks how many looks are kept
  /// @param maxGroups how many groups of each
  public History(int maxLooks, int maxGroups) {
    this.maxLooks = maxLooks;
    this.maxGroups = maxGroups;
  }

  /// Adds a look, later than those before.
  ///
  /// @param counts how many threads each signature had
  public void add(long nanos, Map<String, Long> counts) {
    Map<String, Long> largest = new HashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(maxGroups)
        .forEach(group -> largest.put(group.getKey(), group.getValue()));
    if (looks.size() == maxLooks) {
      looks.removeFirst();
    }
    looks.addLast(new Look(nanos, largest, counts.size() <= maxGroups));
  }

  /// The looks at a group, the first of them and then those that saw another count than the one
  /// before; looks that may have left it out as one of the smallest are passed over.
  public List<Point> of(String signature, long nowNanos) {
    List<Point> points = new ArrayList<>();
    long last = -1;
    for (Look look : looks) {
      Optional<Long> count =
          Optional.ofNullable(look.counts.get(signature))
              .or(() -> look.isWhole ? Optional.of(0L) : Optional.empty());
      if (count.isPresent() && count.get() != last) {
        last = count.get();
        points.add(new Point(Duration.ofNanos(nowNanos - look.nanos), last));
      }
    }
    return points;
  }
}
