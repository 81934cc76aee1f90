package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Words;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Leaks on their way into a baseline, each once. Safe to share.
final class NewLeaks {
  private static final int MAX_TESTS = 3;

  /// More that no line can tell from others are not told apart.
  private static final int MAX_NAMELESS = 10_000;

  /// @param function its own innermost function
  /// @param tests who left it behind
  private record Leak(String function, Set<String> tests) {}

  private final Map<String, Leak> byConditions = new TreeMap<>();

  /// The signatures of those that no line can tell from others.
  private final Set<String> nameless = new HashSet<>();

  /// @param room how many lines the baseline takes besides those that it has
  /// @return whether there was room for all that a line can tell from others
  synchronized boolean add(LeakTestReport report, int room) {
    boolean fits = true;
    for (LeakedGroup group : report.groups()) {
      for (int row : group.group().rows()) {
        DumpThread thread = report.dump().row(row);
        Optional<String> conditions = Suppression.conditionsFor(thread, group.signature());
        if (conditions.isPresent()) {
          fits &= add(conditions.get(), thread, report.test(), room);
        } else if (nameless.size() < MAX_NAMELESS) {
          nameless.add(group.signature());
        }
      }
    }
    return fits;
  }

  private boolean add(String conditions, DumpThread thread, String test, int room) {
    if (byConditions.size() >= room && !byConditions.containsKey(conditions)) {
      return false;
    }
    Set<String> tests =
        byConditions
            .computeIfAbsent(conditions, _ -> new Leak(function(thread), new LinkedHashSet<>()))
            .tests();
    if (tests.size() <= MAX_TESTS) {
      tests.add(test);
    }
    return true;
  }

  /// How many there are that no line can tell from others: nothing but the JDK's code is on their
  /// stacks, and who started them is not known.
  synchronized int nameless() {
    return nameless.size();
  }

  private static String function(DumpThread thread) {
    return Origin.culprit(thread.stack(), thread.kind())
        .or(() -> Origin.culprit(thread.createdBy(), thread.kind()))
        .map(Frame::function)
        .orElse("a thread of nobody's code");
  }

  /// By its conditions, the line of a file of suppressions that expects it. Lines of code that move
  /// change none of them.
  synchronized Map<String, String> lines() {
    Map<String, String> lines = new TreeMap<>();
    byConditions.forEach(
        (conditions, leak) -> lines.put(conditions, Suppression.lineFor(conditions, reason(leak))));
    return lines;
  }

  private static String reason(Leak leak) {
    List<String> tests = List.copyOf(leak.tests());
    String shown = tests.stream().limit(MAX_TESTS).sorted().collect(Collectors.joining(", "));
    return Words.line(
        leak.function() + ", left by " + shown + (tests.size() > MAX_TESTS ? " and others" : ""));
  }
}
