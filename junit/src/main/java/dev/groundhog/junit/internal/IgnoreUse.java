package dev.groundhog.junit.internal;

import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Suppressions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which ignores were there when threads were looked for, and which of them expected one. Safe to
/// share.
final class IgnoreUse {
  /// Beyond these it is not known whether an ignore was of use.
  private static final int MAX = 10_000;

  /// An ignore, each time that its annotation is read another object.
  ///
  /// @param place where it stands
  /// @param text its conditions
  record Ignore(String place, String text) {
    static Ignore of(Suppression rule) {
      return new Ignore(rule.place(), rule.text());
    }
  }

  private final Map<Ignore, Boolean> used = new LinkedHashMap<>();
  private final Set<Ignore> told = new HashSet<>();

  /// A check begins that has these.
  synchronized void asked(Suppressions ignored) {
    for (Suppression rule : ignored.rules()) {
      if (used.size() < MAX) {
        used.putIfAbsent(Ignore.of(rule), false);
      }
    }
  }

  /// It expected a thread, in whatever look.
  synchronized void matched(Suppression rule) {
    used.replace(Ignore.of(rule), true);
  }

  /// Those that never expected one.
  synchronized UnusedIgnores unused(TestsRun tests) {
    List<Ignore> sure = new ArrayList<>();
    List<Ignore> unsure = new ArrayList<>();
    used.forEach((ignore, isUsed) -> {
      if (!isUsed) {
        switch (needOf(ignore, tests)) {
          case NONE -> sure.add(ignore);
          case NONE_OF_THESE -> unsure.add(ignore);
          case UNKNOWN -> {}
        }
      }
    });
    return new UnusedIgnores(sure, unsure, tests.count());
  }

  /// They need not be told again.
  synchronized void told(List<Ignore> ignores) {
    told.addAll(ignores);
  }

  synchronized UnusedIgnores untold(UnusedIgnores unused) {
    return new UnusedIgnores(
        unused.sure().stream().filter(each -> !told.contains(each)).toList(),
        unused.unsure().stream().filter(each -> !told.contains(each)).toList(),
        unused.tests());
  }

  /// What can be said of an ignore that expected nothing.
  private enum Need {
    NONE,
    NONE_OF_THESE,
    UNKNOWN
  }

  /// How Surefire and Failsafe give the tests that somebody has chosen, `-Dtest=…`.
  private static final List<String> CHOSEN = List.of("test", "it.test");

  /// Whether this is surely not the whole of what is tested, so that it says nothing of others.
  private static boolean isNarrowed() {
    return CHOSEN.stream().anyMatch(key -> !System.getProperty(key, "").isEmpty());
  }

  private static Need needOf(Ignore ignore, TestsRun tests) {
    var owner = IgnorePlace.owner(ignore.place());
    var testClass = owner.flatMap(found -> tests.find(found.className()));
    if (testClass.isEmpty()) {
      return tests.hasManyClasses() && !isNarrowed() ? Need.NONE_OF_THESE : Need.UNKNOWN;
    }
    boolean isWhole =
        owner
            .get()
            .method()
            .map(method -> tests.hasPassed(testClass.get().getName(), method))
            .orElseGet(() -> WholeClass.hasPassed(testClass.get(), tests));
    return isWhole ? Need.NONE : Need.UNKNOWN;
  }
}
