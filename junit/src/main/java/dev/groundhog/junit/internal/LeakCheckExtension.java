package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.CheckSettings.Scope;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/// Begins the checks. They end when JUnit closes the store of the test or class, which is behind
/// all callbacks, and behind what others have put into the same store later.
public final class LeakCheckExtension extends FollowedMethods
    implements BeforeAllCallback, BeforeEachCallback, TestInstancePreConstructCallback {
  private static final System.Logger LOG = System.getLogger(LeakCheckExtension.class.getName());

  private static final Namespace NAMESPACE = Namespace.create(LeakCheckExtension.class);

  /// So that the context of the instance of one test is the test's.
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public void preConstructTestInstance(
      TestInstanceFactoryContext instance, ExtensionContext context) {
    if (context.getTestMethod().isPresent()) {
      beforeEach(context);
    } else {
      beforeAll(context);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Optional<CheckSettings> settings = CheckSettings.of(context);
    begun(context.getRoot(), RunEnd.class, settings, _ -> new RunEnd());
    if (settings.filter(found -> found.scope() == Scope.RUN).isPresent()) {
      begun(context.getRoot(), RunCheck.class, settings, RunCheck::new);
    }
    begun(context, ClassCheck.class, settings, found -> ClassCheck.begin(context, found));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Optional<CheckSettings> settings = CheckSettings.of(context);
    settings.ifPresent(found -> mustBeChecked(context, found));
    begun(context, TestCheck.class, settings, found -> TestCheck.begin(context, found));
  }

  /// A test whose check waits for the end of its class needs a class that is checked.
  ///
  /// @throws ExtensionConfigurationException if it is not
  private static void mustBeChecked(ExtensionContext test, CheckSettings settings) {
    if (settings.scope() == Scope.CLASS && CheckSettings.of(classOf(test)).isEmpty()) {
      throw new ExtensionConfigurationException(
          "leak check: @LeakCheck(scope = CLASS) on "
              + TestNode.of(test).name()
              + " alone is never checked: write it on the class, or leave the scope out");
    }
  }

  private static ExtensionContext classOf(ExtensionContext test) {
    ExtensionContext context = test;
    while (context.getTestMethod().isPresent()) {
      context = context.getParent().orElseThrow();
    }
    return context;
  }

  /// Begins the check of this context with the first call, if there is one to be.
  private static <T> void begun(
      ExtensionContext context,
      Class<T> type,
      Optional<CheckSettings> settings,
      Function<CheckSettings, T> begin) {
    if (settings.isEmpty()) {
      return;
    }
    try {
      Meeting.find(); // Before a check takes note of what is there.
      context
          .getStore(NAMESPACE)
          .computeIfAbsent(key(context, type), _ -> begin.apply(settings.get()), type);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "the check for leaked threads failed, and says nothing: " + e);
    }
  }

  private static String key(ExtensionContext context, Class<?> type) {
    return context.getUniqueId() + " " + type.getSimpleName();
  }

  /// By the check of the test that the method is called for, or else of the class.
  @Override
  Optional<Tagging> following(ExtensionContext context) {
    try {
      return context.getTestMethod().isPresent()
          ? check(context, TestCheck.class).flatMap(TestCheck::following)
          : check(context, ClassCheck.class).flatMap(ClassCheck::following);
    } catch (Meeting.Lost _) {
      return Optional.empty(); // It goes by time.
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "threads that a method starts may be missed: " + e);
      return Optional.empty();
    }
  }

  private static <T> Optional<T> check(ExtensionContext context, Class<T> type) {
    return Optional.ofNullable(context.getStore(NAMESPACE).get(key(context, type), type));
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext dynamic,
      ExtensionContext context)
      throws Throwable {
    Optional<TestCheck.Part> part = part(context);
    try {
      invocation.proceed();
    } finally {
      part.ifPresent(TestCheck.Part::close);
    }
  }

  /// Of its factory's check.
  private static Optional<TestCheck.Part> part(ExtensionContext dynamic) {
    try {
      return factoryOf(dynamic).map(factory -> factory.part(dynamic.getDisplayName()));
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "the threads of a dynamic test may be missed: " + e);
      return Optional.empty();
    }
  }

  /// The check of the factory that a dynamic test is of, if it has begun.
  private static Optional<TestCheck> factoryOf(ExtensionContext dynamic) {
    Optional<ExtensionContext> factory = Optional.of(dynamic);
    while (factory.isPresent() && factory.get().getTestMethod().isEmpty()) {
      factory = factory.get().getParent();
    }
    return factory.flatMap(found -> check(found, TestCheck.class));
  }
}
