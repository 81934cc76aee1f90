package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A dump as the aggregated formats have it: how many threads are in equal stacks with equal
/// labels.
final class StackCounts {
  record Group(CallStack stack, Map<String, String> labels, long count) {}

  private record Key(CallStack stack, Map<String, String> labels) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::stack).thenComparing(key -> new TreeMap<>(key.labels).toString());

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private StackCounts() {}

  /// The groups of `dump`, largest first, equally large ones in the order of the dump.
  static List<Group> of(Dump dump) {
    Map<Key, Long> counts = new LinkedHashMap<>();
    add(dump, 1, counts);
    return groups(counts);
  }

  /// How many more threads each group has in `after` than in `before`, fewer as a negative count;
  /// groups that did not change are left out.
  static List<Group> delta(Dump before, Dump after) {
    Map<Key, Long> counts = new LinkedHashMap<>();
    add(before, -1, counts);
    add(after, 1, counts);
    counts.values().removeIf(count -> count == 0);
    return groups(counts);
  }

  private static void add(Dump dump, long factor, Map<Key, Long> counts) {
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      counts.merge(new Key(thread.stack(), thread.labels()), factor * thread.count(), Long::sum);
    }
  }

  private static List<Group> groups(Map<Key, Long> counts) {
    List<Group> groups = new ArrayList<>();
    counts.forEach((key, count) -> groups.add(new Group(key.stack, key.labels, count)));
    groups.sort(Comparator.comparingLong(Group::count).reversed());
    return groups;
  }
}
