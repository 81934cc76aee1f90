package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakCheck;
import java.lang.StackWalker.StackFrame;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.platform.commons.support.AnnotationSupport;

/// Where ignores stand that belong to tests, in words for people, and to which tests: files have
/// places of their own.
public final class IgnorePlace {
  /// Beyond these it is forgotten whose a place is.
  private static final int MAX = 10_000;

  /// The tests that have the ignores of one place: a class, or one method of it.
  record Owner(String className, Optional<String> method) {}

  private static final Map<String, Owner> OWNERS = new ConcurrentHashMap<>();

  private IgnorePlace() {}

  /// The line that calls `api`: `acme.QueueTest.take (QueueTest.java:12)`.
  public static String callerOf(Class<?> api) {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .filter(frame -> !isOf(frame, api) && !isOf(frame, IgnorePlace.class))
                .findFirst())
        .map(IgnorePlace::line)
        .orElse("in the test");
  }

  private static boolean isOf(StackFrame frame, Class<?> type) {
    return frame.getClassName().equals(type.getName());
  }

  private static String line(StackFrame frame) {
    String place =
        frame.getClassName()
            + "."
            + frame.getMethodName()
            + " ("
            + frame.getFileName()
            + ":"
            + frame.getLineNumber()
            + ")";
    return owned(place, frame.getClassName(), Optional.empty());
  }

  /// Where the annotation stands that `method` has itself.
  static String of(Method method) {
    String className = method.getDeclaringClass().getName();
    return composed(method)
        .orElseGet(() ->
            owned(
                "@LeakCheck of " + className + "." + method.getName(),
                className,
                Optional.of(method.getName())));
  }

  /// Where the annotation stands that `testClass` has itself, or from a class above or around it.
  static String of(Class<?> testClass, List<Class<?>> enclosing) {
    for (Class<?> around :
        Stream.concat(Stream.of(testClass), enclosing.reversed().stream()).toList()) {
      for (Class<?> type = around; type != null; type = type.getSuperclass()) {
        Optional<String> place = composed(type);
        if (place.isPresent()) {
          return place.get();
        }
        if (type.getDeclaredAnnotation(LeakCheck.class) != null) {
          return owned("@LeakCheck of " + type.getName(), type.getName(), Optional.empty());
        }
      }
    }
    return "@LeakCheck of an interface of " + testClass.getName();
  }

  /// The annotation of somebody's own that has ours.
  private static Optional<String> composed(AnnotatedElement element) {
    return element.getDeclaredAnnotation(LeakCheck.class) != null
        ? Optional.empty()
        : Stream.of(element.getDeclaredAnnotations())
            .map(Annotation::annotationType)
            .filter(type -> AnnotationSupport.isAnnotated(type, LeakCheck.class))
            .findFirst()
            .map(type -> "@" + type.getName());
  }

  private static String owned(String place, String className, Optional<String> method) {
    if (OWNERS.size() < MAX) {
      OWNERS.putIfAbsent(place, new Owner(className, method));
    }
    return place;
  }

  /// Empty for a file, an annotation of somebody's own, and what is not known: other tests may have
  /// the same ignores.
  static Optional<Owner> owner(String place) {
    return Optional.ofNullable(OWNERS.get(place));
  }
}
