package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The names of those who left threads behind.
final class Names {
  /// Of threads that no test is known for.
  private static final String NOBODY = "no known test";

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
      Set<String> names = new LinkedHashSet<>();
      threads.forEach(thread -> starter(thread).map(Starter::name).ifPresent(names::add));
      return List.copyOf(names);
    }

    private Optional<Starter> starter(DumpThread thread) {
      return Optional.ofNullable(byThread.get(thread.id().orElse(0)));
    }

    /// The same of `threads` that anybody may have started: of those that carry no tag the test
    /// class whose code they run or come from, such as those that a shared timer has started, and
    /// of others that nobody is known.
    String ofAny(Dump threads) {
      Set<String> names = new LinkedHashSet<>();
      boolean[] missesAny = {false};
      threads.forEach(thread ->
          starter(thread)
              .map(Starter::name)
              .or(() -> RunMemory.current().tests().onStacksOf(thread).map(TestNode::name))
              .ifPresentOrElse(names::add, () -> missesAny[0] = true));
      return joined(List.copyOf(names))
          + (missesAny[0] && !names.isEmpty() ? " and of " + NOBODY : "");
    }

    boolean hasAny(Dump threads) {
      return !in(threads).isEmpty();
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
}
