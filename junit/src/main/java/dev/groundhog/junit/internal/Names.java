package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The names of those who left threads behind.
final class Names {
  private static final int MAX_SHOWN = 10;

  private Names() {}

  /// The names of those of `starters` whose tags the threads of `left` carry.
  static String byTag(List<Starter> starters, Dump left) {
    return joined(carried(starters, left).stream().map(Starter::name).distinct().toList());
  }

  /// Those of `starters` whose tags the threads of `left` carry.
  static List<Starter> carried(List<Starter> starters, Dump left) {
    Set<Long> ids = ids(left);
    Map<Integer, long[]> tagged = Tagging.left(starters);
    return starters.stream()
        .filter(starter ->
            Arrays.stream(tagged.getOrDefault(starter.tag(), new long[0])).anyMatch(ids::contains))
        .toList();
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
      return "no checked test";
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
