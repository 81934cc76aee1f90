package dev.groundhog.junit.internal;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.UniqueId;

/// A test or a class where it stands in the tree of the run: what is inside another one has its id
/// as the beginning of its own, also where a class that is `@Nested` is inherited.
///
/// @param name as a report has it: `QueueTest`, `QueueTest.take()`
record TestNode(String name, Class<?> testClass, UniqueId id) {
  static TestNode of(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    String name = context.getTestMethod().isPresent() ? ofTest(context) : name(testClass);
    return new TestNode(name, testClass, UniqueId.parse(context.getUniqueId()));
  }

  /// `QueueTest.take()`, and which invocation it is, if there are several.
  private static String ofTest(ExtensionContext context) {
    String method = context.getRequiredTestMethod().getName();
    String name = name(context.getRequiredTestClass()) + "." + method + "()";
    boolean isPlain = context.getDisplayName().startsWith(method + "(");
    return isPlain ? name : name + " " + context.getDisplayName();
  }

  /// Without its package, but with the classes that it is in.
  static String name(Class<?> testClass) {
    String name = testClass.getName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
  }

  TestNode named(String other) {
    return new TestNode(other, testClass, id);
  }

  /// Whether `inner` is inside this.
  boolean isAround(UniqueId inner) {
    return !id.equals(inner) && inner.hasPrefix(id);
  }
}
