package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.CheckSettings.Scope;
import java.lang.System.Logger.Level;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/// Begins the checks. They end when JUnit closes the store of the test or class, which is behind
/// all callbacks, and behind what others have put into the same store later.
public final class LeakCheckExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        TestInstancePreConstructCallback,
        InvocationInterceptor {
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
    classCheck(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    begun(context, TestCheck.class, settings -> TestCheck.begin(context, settings));
  }

  private static Optional<ClassCheck> classCheck(ExtensionContext context) {
    Optional<CheckSettings> settings = CheckSettings.of(context);
    if (settings.filter(found -> found.scope() == Scope.RUN).isPresent()) {
      begun(context.getRoot(), RunCheck.class, settings, RunCheck::new);
    }
    return begun(context, ClassCheck.class, settings, found -> ClassCheck.begin(context, found));
  }

  private static <T> Optional<T> begun(
      ExtensionContext context, Class<T> type, Function<CheckSettings, T> begin) {
    return begun(context, type, CheckSettings.of(context), begin);
  }

  /// The check of this context, which begins with the first call; empty if there is none to be.
  private static <T> Optional<T> begun(
      ExtensionContext context,
      Class<T> type,
      Optional<CheckSettings> settings,
      Function<CheckSettings, T> begin) {
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    try {
      String key = context.getUniqueId() + " " + type.getSimpleName();
      return Optional.of(
          context.getStore(NAMESPACE).computeIfAbsent(key, _ -> begin.apply(settings.get()), type));
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "the check for leaked threads failed, and says nothing: " + e);
      return Optional.empty();
    }
  }

  @Override
  public void interceptBeforeAllMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundTests(invocation, context);
  }

  @Override
  public void interceptAfterAllMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    aroundTests(invocation, context);
  }

  @Override
  public <T> T interceptTestClassConstructor(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Constructor<T>> constructor,
      ExtensionContext context)
      throws Throwable {
    return context.getTestMethod().isPresent()
        ? invocation.proceed()
        : aroundTests(invocation, context);
  }

  private static <T extends @Nullable Object> T aroundTests(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    Optional<ClassCheck> check = classCheck(context);
    if (check.isEmpty()) {
      return invocation.proceed();
    }
    try (Tagging _ = new Tagging(check.get().starter())) {
      return invocation.proceed();
    }
  }
}
