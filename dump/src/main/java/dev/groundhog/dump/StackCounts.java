package dev.groundhog.dump;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Threads as the aggregated formats have them: how many are in equal stacks with equal labels.
/// Holds nothing of single threads, so that a million costs no more than their distinct stacks. Not
/// thread-safe.
public final class StackCounts {
  /// Threads whose stacks and labels are equal.
  ///
  /// @param count how many; of a difference how many more, negative for fewer
  public record Group(CallStack stack, Map<String, String> labels, long count) {}

  private record Key(CallStack stack, Map<String, String> labels) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::stack).thenComparing(key -> new TreeMap<>(key.labels).toString());

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /// What is counted, by the name of Go's profile of it.
  public enum Profile {
    /// Threads by where they are.
    GOROUTINE,
    /// Those that were proven to be leaked, by where they are.
    GOROUTINELEAK,
    /// Threads by where they were started.
    THREADCREATE;

    /// As it stands in Go's formats.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Profile profile;
  private final Optional<Instant> time;
  private final Map<Key, Long> counts = new LinkedHashMap<>();

  /// Nothing yet.
  ///
  /// @param time when the threads are looked at, if that is known
  public StackCounts(Optional<Instant> time) {
    this(Profile.GOROUTINE, time);
  }

  public StackCounts(Profile profile, Optional<Instant> time) {
    this.profile = profile;
    this.time = time;
  }

  /// What `dump` has.
  public static StackCounts of(Dump dump) {
    StackCounts counts = new StackCounts(dump.process().time());
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      counts.add(thread.stack(), thread.labels(), thread.count());
    }
    return counts;
  }

  /// Adds threads at `stack`.
  public void add(CallStack stack, Map<String, String> labels, long count) {
    counts.merge(new Key(stack, labels), count, Long::sum);
  }

  /// Adds all that `other` has.
  public void add(StackCounts other) {
    other.counts.forEach((key, count) -> counts.merge(key, count, Long::sum));
  }

  /// How many more threads each group has here than in `before`; those that did not change are left
  /// out. The time is that of this.
  public StackCounts since(StackCounts before) {
    StackCounts delta = new StackCounts(profile, time);
    before.counts.forEach((key, count) -> delta.counts.put(key, -count));
    counts.forEach((key, count) -> delta.counts.merge(key, count, Long::sum));
    delta.counts.values().removeIf(count -> count == 0);
    return delta;
  }

  public Profile profile() {
    return profile;
  }

  /// When the threads were looked at.
  public Optional<Instant> time() {
    return time;
  }

  /// How many threads there are.
  public long total() {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  /// The groups, largest first, equally large ones in the order in which they were seen.
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    counts.forEach((key, count) -> groups.add(new Group(key.stack, key.labels, count)));
    groups.sort(Comparator.comparingLong(Group::count).reversed());
    return groups;
  }
}
