package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.StackCounts;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which functions this JVM has, by its loaded classes. No class is initialized for it; the methods
/// of those few that a name may mean are listed, for which the JVM may load the types that they
/// mention.
public final class LoadedFunctions {
  /// Where more classes than these have nearly one name, nothing is told.
  private static final int MAX_CLASSES = 200;

  private LoadedFunctions() {}

  /// What can be told of `pattern`; empty where that is nothing: of a regular expression, or of a
  /// method without its class, which is at no stack that threads are at `now`.
  public static Optional<KnownFunctions.Told> told(
      FunctionPattern pattern, Class<?>[] classes, StackCounts now) {
    boolean isPackage = pattern.prefix().isPresent();
    if (!isPackage && !pattern.isName()) {
      // A stranger's expression can take for ever.
      return Optional.empty();
    }
    if (KnownFunctions.seenIn(now).knows(pattern)) {
      return Optional.of(new KnownFunctions.Told(true, Optional.empty()));
    }
    if (!isPackage && pattern.name().indexOf('.') < 0) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (Class<?> loaded : classes) {
      if (!loaded.isArray() && !loaded.isPrimitive()) {
        names.add(loaded.getName());
      }
    }
    return (isPackage ? Optional.of(Set.<String>of()) : methods(pattern, names, classes))
        .map(methods -> KnownFunctions.ofJvm(names, methods, now))
        .map(known ->
            known.knows(pattern)
                ? new KnownFunctions.Told(true, Optional.empty())
                : new KnownFunctions.Told(false, known.nearest(pattern)));
  }

  private static Optional<Set<String>> methods(
      FunctionPattern pattern, List<String> names, Class<?>[] classes) {
    Set<String> meant = KnownFunctions.classesFor(pattern, names);
    Set<String> methods = new HashSet<>(Set.of("<init>", "<clinit>"));
    int lookedInto = 0;
    for (Class<?> loaded : classes) {
      if (!loaded.isArray() && meant.contains(loaded.getName().replace('$', '.'))) {
        try {
          for (Method method : loaded.getDeclaredMethods()) {
            methods.add(method.getName());
          }
        } catch (LinkageError | RuntimeException _) {
          return Optional.empty(); // it mentions what is not there
        }
        if (++lookedInto > MAX_CLASSES) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(methods);
  }
}
