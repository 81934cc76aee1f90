package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakCheck;
import dev.groundhog.junit.LeakOptions;
import dev.groundhog.junit.LeakScope;
import dev.groundhog.leak.Durations;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// How one test or class is checked.
///
/// @param whenFailed whether also if it failed
record CheckSettings(Scope scope, boolean whenFailed, LeakOptions options) {
  /// Which checks all tests, without an annotation: `test`, `class` or `run`.
  static final String PROPERTY = "groundhog.leak-check";

  /// When threads must have ended.
  enum Scope {
    TEST,
    CLASS,
    RUN
  }

  /// Empty if there is neither an annotation nor the property.
  ///
  /// @throws ExtensionConfigurationException if one of them says what is not known
  static Optional<CheckSettings> of(ExtensionContext context) {
    try {
      WithoutAgent.chosen();
      return annotation(context)
          .map(CheckSettings::of)
          .or(() -> context.getConfigurationParameter(PROPERTY).map(CheckSettings::ofAll));
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException("leak check: " + e.getMessage(), e);
    }
  }

  private static Optional<LeakCheck> annotation(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getTestMethod(), LeakCheck.class)
        .or(() ->
            context
                .getTestClass()
                .flatMap(type ->
                    AnnotationSupport.findAnnotation(
                        type, LeakCheck.class, context.getEnclosingTestClasses())));
  }

  private static CheckSettings of(LeakCheck check) {
    return new CheckSettings(
        check.scope() == LeakScope.TEST ? Scope.TEST : Scope.CLASS,
        check.whenFailed(),
        new LeakOptions(
            Durations.parse(check.within()),
            check.onLeak(),
            LeakOptions.DEFAULT.ignored().with(List.of(check.ignore()), "ignored by @LeakCheck")));
  }

  private static CheckSettings ofAll(String scope) {
    Scope found =
        switch (scope) {
          case "test" -> Scope.TEST;
          case "class" -> Scope.CLASS;
          case "run" -> Scope.RUN;
          default ->
              throw new IllegalArgumentException(
                  PROPERTY + "=" + scope + ": it is test, class or run");
        };
    return new CheckSettings(found, false, LeakOptions.DEFAULT);
  }
}
