package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/// Threads that a worker of the common pool has started, or that such threads have started, and so
/// on: nobody knows for whom the worker did it, only when it was.
final class SharedStarts {
  private final Set<Long> ids;

  /// @param ids of all that are alive
  SharedStarts(long... ids) {
    this.ids = new HashSet<>();
    LongStream.of(ids).forEach(this.ids::add);
  }

  LongStream ids() {
    return ids.stream().mapToLong(Long::longValue);
  }

  /// Those that are `wanted`, and with them whoever stands between them and the worker: what a
  /// server starts that was opened before is the server's. So where somebody between them has
  /// ended, or the worker has, it is not known whose they are, and they are left out.
  ///
  /// @param all the dump that says who started whom
  Set<Long> of(LongPredicate wanted, Dump all) {
    Set<Long> found = new HashSet<>();
    if (ids().noneMatch(wanted)) {
      return found;
    }
    Set<Long> alive = new HashSet<>();
    Map<Long, Long> creators = new HashMap<>();
    all.forEach(thread ->
        thread
            .id()
            .ifPresent(id -> {
              alive.add(id);
              thread.creatorId().ifPresent(creator -> creators.put(id, creator));
            }));
    ids()
        .filter(wanted)
        .filter(id -> alive.contains(worker(id, wanted, creators)))
        .forEach(found::add);
    return found;
  }

  /// Who started the first of those that led to `id`; 0 if one of them is not wanted or not known.
  private long worker(long id, LongPredicate wanted, Map<Long, Long> creators) {
    long at = id;
    for (int steps = 0; ids.contains(at) && steps < ids.size(); steps++) {
      if (!wanted.test(at)) {
        return 0;
      }
      at = creators.getOrDefault(at, 0L);
    }
    return ids.contains(at) ? 0 : at;
  }
}
