package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Who started threads in this run, as far as it is checked. Safe to share.
final class Starters {
  /// The oldest that have ended are forgotten beyond these.
  private static final int MAX = 20_000;

  private static final Deque<Starter> ALL = new ArrayDeque<>();
  private static final Set<Starter> RUNNING = new LinkedHashSet<>();

  /// The next tag; 1 is the probe's.
  private static int nextTag = 2;

  private Starters() {}

  static synchronized Starter begin(Starter.Kind kind, String name, Class<?> testClass) {
    Starter begun = new Starter(kind, name, testClass, nextTag++);
    for (Starter other : RUNNING) {
      if (disturb(begun, other)) {
        begun.overlap();
        other.overlap();
      }
    }
    RUNNING.add(begun);
    ALL.add(begun);
    if (ALL.size() > MAX && ALL.getFirst().hasEnded()) {
      ALL.removeFirst();
    }
    return begun;
  }

  /// What stands around the tests of a class does not disturb these.
  private static boolean disturb(Starter one, Starter other) {
    return (one.isTest() && other.isTest()) || one.topClass() != other.topClass();
  }

  static synchronized void end(Starter starter) {
    starter.end();
    RUNNING.remove(starter);
  }

  static synchronized List<Starter> all(Predicate<Starter> wanted) {
    return ALL.stream().filter(wanted).toList();
  }

  static synchronized boolean isRunning(Class<?> topClass) {
    return RUNNING.stream().anyMatch(starter -> starter.topClass() == topClass);
  }

  /// Who may have started `thread` by when that was: tests, or else what stands around them.
  static List<Starter> candidates(DumpThread thread) {
    List<Starter> all = new ArrayList<>(all(starter -> starter.mayHaveStarted(thread)));
    boolean isInTest = all.stream().anyMatch(Starter::isTest);
    all.removeIf(starter -> isInTest && !starter.isTest());
    return all;
  }

  /// The classes of `candidates`; if some of them are on the stack of `thread`, these alone.
  static Set<Class<?>> classes(List<Starter> candidates, DumpThread thread) {
    Set<Class<?>> classes =
        candidates.stream()
            .map(Starter::topClass)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<Class<?>> onStack = new LinkedHashSet<>(classes);
    onStack.removeIf(type -> !isOnStack(type, thread));
    return onStack.isEmpty() ? classes : onStack;
  }

  private static boolean isOnStack(Class<?> type, DumpThread thread) {
    return thread.stack().frames().stream()
        .map(frame -> frame.function())
        .anyMatch(function ->
            function.startsWith(type.getName() + ".") || function.startsWith(type.getName() + "$"));
  }
}
