package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names of those who left threads behind.
final class Names {
  /// Of threads that no checked test is known for.
  static final String NOBODY = "no known test";

  private static final int MAX_SHOWN = 10;

  private Names() {}

  /// Of those of some starters whose tags threads carry, which the agent tells once.
  static final class Carried {
    private final Map<Long, Starter> byThread = new HashMap<>();

    /// @throws Meeting.Lost if the agent knows none
    Carried(List<Starter> starters) {
      Map<Integer, long[]> tagged = Tagging.left(starters);
      for (Starter starter : starters) {
        for (long id : tagged.getOrDefault(starter.tag(), new long[0])) {
          byThread.put(id, starter);
        }
      }
    }

    /// Each once, in the order of `threads`.
    List<String> in(Dump threads) {
      return ids(threads).stream()
          .flatMap(id -> Stream.ofNullable(byThread.get(id)))
          .map(Starter::name)
          .distinct()
          .toList();
    }

    /// Whether there are others in `threads`.
    boolean missesAny(Dump threads) {
      return !byThread.keySet().containsAll(ids(threads));
    }
  }

  /// The classes whose tests may have started the threads of `left`, by when that was.
  static List<String> classes(Dump left) {
    Set<String> names = new LinkedHashSet<>();
    left.forEach(
        thread -> Starters.ALL.classes(thread).forEach(type -> names.add(TestNode.name(type))));
    return List.copyOf(names);
  }

  /// `A`, `A, B`; of many the first.
  static String joined(List<String> names) {
    if (names.isEmpty()) {
      return NOBODY;
    }
    return names.stream().limit(MAX_SHOWN).collect(Collectors.joining(", "))
        + (names.size() > MAX_SHOWN ? " and " + (names.size() - MAX_SHOWN) + " more" : "");
  }

  private static Set<Long> ids(Dump left) {
    Set<Long> ids = new LinkedHashSet<>();
    left.forEach(thread -> thread.id().ifPresent(ids::add));
    return ids;
  }
}
