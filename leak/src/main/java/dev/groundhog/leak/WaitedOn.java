package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LockRef;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Objects of one class that threads of a group wait on.
///
/// @param type the class, `java.util.concurrent.CountDownLatch$Sync`
/// @param threads how many threads wait on one of them
/// @param objects how many there are, as far as the dump tells one from another; else 0
public record WaitedOn(String type, long threads, long objects) {
  /// What the threads of `group` wait on, what most wait on first; those of which the dump does not
  /// tell it are missing.
  public static List<WaitedOn> of(StackGroup group, Dump dump) {
    Map<String, Long> threads = new HashMap<>();
    Map<String, Set<String>> objects = new HashMap<>();
    for (int row : group.rows()) {
      DumpThread thread = dump.row(row);
      if (thread.blockedOn().isPresent()) {
        LockRef lock = thread.blockedOn().get();
        threads.merge(lock.type(), thread.count(), Long::sum);
        Set<String> known = objects.computeIfAbsent(lock.type(), _ -> new HashSet<>());
        if (!lock.identity().isEmpty()) {
          known.add(lock.identity());
        }
      }
    }
    return threads.entrySet().stream()
        .map(entry -> {
          long known = objects.getOrDefault(entry.getKey(), Set.of()).size();
          return new WaitedOn(entry.getKey(), entry.getValue(), known);
        })
        .sorted(
            Comparator.comparingLong(WaitedOn::threads).reversed().thenComparing(WaitedOn::type))
        .toList();
  }
}
