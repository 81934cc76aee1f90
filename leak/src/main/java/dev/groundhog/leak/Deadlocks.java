package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Threads of which each waits for a lock that the next one owns, round in a circle.
///
/// Limits: only owners that the dump names are known, so of a JVM's text monitors, and locks whose
/// owners were dumped with `-l`. A dump that does not stop the JVM, as `Thread.dump_to_file`, may
/// show a circle that was none at any moment.
public final class Deadlocks {
  private Deadlocks() {}

  /// Every circle of `dump`, each once, beginning with the thread that comes first in the dump.
  public static List<List<DumpThread>> of(Dump dump) {
    Map<Long, Integer> waiting = new HashMap<>();
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      if (thread.id().isPresent() && thread.blockedOnOwner().isPresent()) {
        waiting.put(thread.id().getAsLong(), row);
      }
    }
    List<List<DumpThread>> circles = new ArrayList<>();
    Set<Integer> walked = new HashSet<>();
    waiting.values().stream()
        .sorted()
        .forEach(first -> {
          List<Integer> way = new ArrayList<>();
          Integer row = first;
          while (row != null && walked.add(row)) {
            way.add(row);
            row = waiting.get(dump.row(row).blockedOnOwner().orElseThrow());
          }
          int start = row == null ? -1 : way.indexOf(row);
          if (start >= 0) {
            circles.add(way.subList(start, way.size()).stream().map(dump::row).toList());
          }
        });
    return circles;
  }
}
