package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The ids of threads that were reported as leaked: one leak fails one test.
final class Reported {
  /// Beyond these a thread may be reported twice.
  private static final int MAX = 1_000_000;

  private static final Set<Long> IDS = ConcurrentHashMap.newKeySet();

  private Reported() {}

  /// Takes the threads for one report.
  ///
  /// @return whether there is any that nobody else has taken
  static boolean claim(Dump leaked) {
    boolean[] isNew = {false};
    leaked.forEach(thread ->
        isNew[0] |= IDS.size() >= MAX || thread.id().isEmpty() || IDS.add(thread.id().getAsLong()));
    return isNew[0];
  }

  static boolean has(long id) {
    return IDS.contains(id);
  }
}
