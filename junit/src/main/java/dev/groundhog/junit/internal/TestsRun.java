package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.engine.UniqueId;

/// Which tests ran, as JUnit's launcher tells. Safe to share.
final class TestsRun {
  /// Beyond these no class is known to have run as a whole.
  private static final int MAX_METHODS = 200_000;

  private final Map<String, Class<?>> classes = new HashMap<>();
  private final Set<String> passed = new HashSet<>();
  private final Set<String> others = new HashSet<>();

  /// Of each top-level class, how many tests and classes in it have begun and ended.
  private final Map<String, long[]> byClass = new HashMap<>();

  /// The classes that have begun and not ended.
  private final List<Open> open = new ArrayList<>();

  private long begun;
  private long ended;
  private long count;

  private record Open(UniqueId id, String topLevel) {
    boolean isAround(UniqueId node) {
      return node.hasPrefix(id);
    }
  }

  /// How many tests and classes have begun until now, and how many of them have not ended.
  record Activity(long begun, long running) {
    /// How many ran at some time from `before` until this. A test begins for the launcher when it
    /// has its instance already.
    long ranSince(Activity before) {
      return begun - before.begun + before.running;
    }
  }

  synchronized void began(Class<?> testClass) {
    if (classes.size() < MAX_METHODS) {
      classes.put(testClass.getName(), testClass);
    }
  }

  /// What stands around the tests of a class begins.
  synchronized void opened(UniqueId id, String className) {
    open.add(new Open(id, topLevel(className)));
    counted(topLevel(className))[0]++;
    begun++;
  }

  /// It has ended.
  synchronized void closed(UniqueId id, String className) {
    open.remove(new Open(id, topLevel(className)));
    counted(topLevel(className))[1]++;
    ended++;
  }

  private long[] counted(String topLevel) {
    return byClass.computeIfAbsent(topLevel, _ -> new long[2]);
  }

  /// One test, or one invocation of it, begins.
  synchronized void began(UniqueId id) {
    begun++;
    counted(classAround(id))[0]++;
  }

  /// It has ended.
  synchronized void ended(UniqueId id) {
    ended++;
    count++;
    counted(classAround(id))[1]++;
  }

  /// Where it stands, whatever source it names: a dynamic test may be said to come from a file.
  private String classAround(UniqueId id) {
    return open.stream()
        .filter(each -> each.isAround(id))
        .reduce((_, inner) -> inner)
        .map(Open::topLevel)
        .orElse("");
  }

  /// What became of one.
  synchronized void ended(String className, String method, boolean hasPassed) {
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

  /// Those of all classes but this, which `node` is, and what is in and around it.
  synchronized Activity othersThan(UniqueId node, String className) {
    String name = topLevel(className);
    long[] own = byClass.getOrDefault(name, new long[2]);
    long suites =
        open.stream().filter(each -> each.isAround(node) && !each.topLevel().equals(name)).count();
    return new Activity(begun - own[0], begun - own[0] - (ended - own[1]) - suites);
  }

  /// All but the classes that `node` is or is in.
  synchronized Activity beside(UniqueId node) {
    long around = open.stream().filter(each -> each.isAround(node)).count();
    return new Activity(begun, begun - ended - around);
  }

  /// Whether tests ran of more classes than one. A `@Nested` one is a part of that around it.
  synchronized boolean hasManyClasses() {
    return classes.values().stream().map(TestsRun::whole).distinct().limit(2).count() > 1;
  }

  private static Class<?> whole(Class<?> testClass) {
    Class<?> outer = testClass.getEnclosingClass();
    return outer == null || Modifier.isStatic(testClass.getModifiers()) ? testClass : whole(outer);
  }

  private static String topLevel(String className) {
    int end = className.indexOf('$');
    return end < 0 ? className : className.substring(0, end);
  }

  /// The class whose code `thread` runs, or else comes from, the innermost.
  synchronized Optional<Class<?>> onStacksOf(DumpThread thread) {
    return Stream.of(thread.stack(), thread.createdBy())
        .flatMap(stack -> stack.frames().stream())
        .flatMap(frame -> around(frame.function()).stream())
        .findFirst();
  }

  /// The class that `function` is in, or what is inside of it: `acme.QueueTest$1.run`.
  private Optional<Class<?>> around(String function) {
    String name = function.substring(0, Math.max(0, function.lastIndexOf('.')));
    while (!classes.containsKey(name) && name.contains("$")) {
      name = name.substring(0, name.lastIndexOf('$'));
    }
    return find(name);
  }

  /// The class of this name, if it is one of those whose tests ran.
  synchronized Optional<Class<?>> find(String className) {
    return Optional.ofNullable(classes.get(className));
  }

  /// Whether it ran, and passed each time.
  synchronized boolean hasPassed(String className, String method) {
    String name = name(className, method);
    return passed.contains(name) && !others.contains(name) && others.size() < MAX_METHODS;
  }

  private static String name(String className, String method) {
    return className + "#" + method;
  }
}
