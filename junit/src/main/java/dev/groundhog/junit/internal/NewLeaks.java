package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Words;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Leaks on their way into a baseline, each once. Safe to share.
final class NewLeaks {
  /// More than a baseline takes.
  private static final int MAX = 10_000;

  private static final int MAX_TESTS = 3;

  /// @param function its own innermost function
  /// @param tests who left it behind
  private record Leak(String function, Set<String> tests) {}

  private final Map<String, Leak> byConditions = new TreeMap<>();

  synchronized void add(LeakTestReport report) {
    for (LeakedGroup group : report.groups()) {
      for (int row : group.group().rows()) {
        add(group.signature(), report.dump().row(row), report.test());
      }
    }
  }

  private void add(String signature, DumpThread thread, String test) {
    String conditions = Suppression.conditionsFor(thread, signature);
    if (byConditions.size() < MAX || byConditions.containsKey(conditions)) {
      Set<String> tests =
          byConditions
              .computeIfAbsent(conditions, _ -> new Leak(function(thread), new LinkedHashSet<>()))
              .tests();
      if (tests.size() <= MAX_TESTS) {
        tests.add(test);
      }
    }
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
