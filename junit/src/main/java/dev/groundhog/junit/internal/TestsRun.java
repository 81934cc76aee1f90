package dev.groundhog.junit.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which tests ran, as JUnit's launcher tells. Safe to share.
final class TestsRun {
  /// Beyond these no class is known to have run as a whole.
  private static final int MAX_METHODS = 200_000;

  private final Map<String, Class<?>> classes = new HashMap<>();
  private final Set<String> passed = new HashSet<>();
  private final Set<String> others = new HashSet<>();
  private long count;

  synchronized void began(Class<?> testClass) {
    if (classes.size() < MAX_METHODS) {
      classes.put(testClass.getName(), testClass);
    }
  }

  /// One test, or one invocation of it, has ended.
  synchronized void ended(String className, String method, boolean hasPassed) {
    count++;
    Set<String> methods = hasPassed ? passed : others;
    if (methods.size() < MAX_METHODS) {
      methods.add(name(className, method));
    }
  }

  synchronized void skipped(String className, String method) {
    if (others.size() < MAX_METHODS) {
      others.add(name(className, method));
    }
  }

  /// How many tests ended.
  synchronized long count() {
    return count;
  }

  /// Whether tests ran of more classes than one, those inside of another not counted.
  synchronized boolean hasManyClasses() {
    return classes.keySet().stream().map(TestsRun::topLevel).distinct().limit(2).count() > 1;
  }

  private static String topLevel(String className) {
    int end = className.indexOf('$');
    return end < 0 ? className : className.substring(0, end);
  }

  /// The class of this name, if it is one of those whose tests ran.
  synchronized Optional<Class<?>> find(String className) {
    return Optional.ofNullable(classes.get(className));
  }

  /// Whether it ran, and passed each time.
  synchronized boolean hasPassed(String className, String method) {
    String name = name(className, method);
    return passed.contains(name) && !others.contains(name);
  }

  private static String name(String className, String method) {
    return className + "#" + method;
  }
}
