package dev.groundhog.junit.internal;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;
import org.junit.jupiter.api.parallel.Resources;

/// Without the agent a checked class runs beside no other test, since nobody could tell their
/// threads apart; with it nothing is locked.
public final class Isolation implements ResourceLocksProvider {
  @Override
  public Set<Lock> provideForClass(Class<?> testClass) {
    return locks();
  }

  @Override
  public Set<Lock> provideForNestedClass(List<Class<?>> enclosing, Class<?> testClass) {
    return locks();
  }

  @Override
  public Set<Lock> provideForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method testMethod) {
    return locks();
  }

  private static Set<Lock> locks() {
    return isAgentHere()
        ? Set.of()
        : Set.of(new Lock(Resources.GLOBAL, ResourceAccessMode.READ_WRITE));
  }

  private static boolean isAgentHere() {
    try {
      return Meeting.find().isPresent();
    } catch (IllegalArgumentException _) {
      return false; // CheckSettings tells what is wrong.
    }
  }
}
