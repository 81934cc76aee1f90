package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The execs that can be asked for, of which there is a bound. Thread-safe.
final class ExecStore {
  /// In one container.
  private static final int MOST = 1_000;

  /// Of what all are to do.
  private static final long MOST_CHARACTERS = 64L << 20;

  /// So long one waits to be started, and can be asked how it has ended.
  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  private final Map<String, Exec> byId = new ConcurrentHashMap<>();

  /// By its whole id.
  Exec get(String id) {
    Exec exec = byId.get(id);
    if (exec == null) {
      throw new ApiException(Code.NOT_FOUND, "No such exec instance: " + id);
    }
    return exec;
  }

  /// Those of a container.
  List<Exec> of(Container container) {
    return byId.values().stream().filter(exec -> exec.container() == container).toList();
  }

  /// @throws ApiException if there are as many as there can be
  synchronized void add(Exec exec) {
    Instant forgotten = Instant.now().minus(REMEMBERED);
    byId.values().removeIf(each -> each.isIdleSince(forgotten));
    if (of(exec.container()).size() >= MOST) {
      throw new ApiException(
          Code.CONFLICT,
          "the container has " + MOST + " exec instances, which is as many as there can be");
    }
    long characters = byId.values().stream().mapToLong(Exec::characters).sum();
    if (characters + exec.characters() > MOST_CHARACTERS) {
      throw new ApiException(
          Code.CONFLICT, "all exec instances together have too long commands and variables");
    }
    byId.put(exec.id(), exec);
  }

  /// @return those of a container, which nobody can ask for any more
  List<Exec> forget(Container container) {
    List<Exec> all = of(container);
    all.forEach(exec -> byId.remove(exec.id()));
    return all;
  }
}
