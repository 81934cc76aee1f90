package dev.groundhog.junit.internal;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/// Whether no test of a class was left out, so that it can be said what none of them needs.
final class WholeClass {
  private WholeClass() {}

  /// Whether all test methods of `testClass` and of its `@Nested` ones passed. Of one that failed,
  /// or was disabled, nobody knows what it would have left behind.
  static boolean hasPassed(Class<?> testClass, TestsRun tests) {
    List<Class<?>> nested =
        ReflectionSupport.findNestedClasses(
            testClass, type -> AnnotationSupport.isAnnotated(type, Nested.class));
    return ReflectionSupport.findMethods(
                testClass,
                method -> AnnotationSupport.isAnnotated(method, Testable.class),
                HierarchyTraversalMode.TOP_DOWN)
            .stream()
            .allMatch(method -> tests.hasPassed(testClass.getName(), method.getName()))
        && nested.stream().allMatch(type -> hasPassed(type, tests));
  }
}
