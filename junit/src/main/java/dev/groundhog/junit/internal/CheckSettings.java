package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakCheck;
import dev.groundhog.junit.LeakOptions;
import dev.groundhog.junit.LeakScope;
import dev.groundhog.leak.Durations;
import dev.groundhog.leak.Suppressions;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// How one test or class is checked.
///
/// @param whenFailed whether also if it failed
record CheckSettings(Scope scope, boolean whenFailed, LeakOptions options, Asker asker) {
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
  /// @throws ExtensionConfigurationException if one of them says what is not known, or a file that
  ///   says what is ignored is missing or malformed
  static Optional<CheckSettings> of(ExtensionContext context) {
    try {
      WithoutAgent.chosen();
      context.getConfigurationParameter(WithoutAgent.PROPERTY).ifPresent(WithoutAgent::of);
      if (context.getTestMethod().isEmpty()) {
        RunOptions.of(context::getConfigurationParameter);
        RunMemory.current().baseline();
      }
      Optional<CheckSettings> found =
          annotation(context)
              .map(check -> of(check, context))
              .or(() -> context.getConfigurationParameter(PROPERTY).map(CheckSettings::ofAll));
      found.ifPresent(_ -> SharedIgnores.rules());
      return found;
    } catch (IllegalArgumentException | UncheckedIOException e) {
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

  private static CheckSettings of(LeakCheck check, ExtensionContext context) {
    return new CheckSettings(
        check.scope() == LeakScope.TEST ? Scope.TEST : Scope.CLASS,
        check.whenFailed(),
        new LeakOptions(Durations.parse(check.within()), check.onLeak(), ignored(check, context)),
        Asker.ANNOTATION);
  }

  private static Suppressions ignored(LeakCheck check, ExtensionContext context) {
    if (check.ignore().length == 0) {
      return Suppressions.NONE;
    }
    String place =
        context
            .getTestMethod()
            .filter(method -> AnnotationSupport.isAnnotated(method, LeakCheck.class))
            .map(IgnorePlace::of)
            .orElseGet(() ->
                IgnorePlace.of(context.getRequiredTestClass(), context.getEnclosingTestClasses()));
    return Suppressions.NONE.with(List.of(check.ignore()), place);
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
    return new CheckSettings(found, false, LeakOptions.DEFAULT, Asker.PROPERTY);
  }
}
