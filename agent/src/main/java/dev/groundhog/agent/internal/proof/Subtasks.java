package dev.groundhog.agent.internal.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import jdk.internal.vm.StackableScope;
import jdk.internal.vm.ThreadContainer;

/// The threads of structured scopes, which are leaked as their owners are. A thread of a scope
/// holds the scope, and so its owner: where a collection has not reached the owner, it has reached
/// none of these, and what could interrupt the owner ends them too. Nothing is cut for that: a
/// scope is held by its owner and by its threads, and by nobody else who only keeps count. Needs
/// `java.lang` of `java.base` to be open to this module.
final class Subtasks {
  private final VarHandle latest;

  /// @throws ReflectiveOperationException if this JDK differs
  Subtasks() throws ReflectiveOperationException {
    latest =
        MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
            .findVarHandle(Thread.class, "headStackableScopes", StackableScope.class);
  }

  /// Gives on the threads of the scopes that `owner`, which waits, has opened and not closed, those
  /// of their scopes, and so on.
  void each(Thread owner, Consumer<Thread> taker) {
    Deque<Thread> owners = new ArrayDeque<>(List.of(owner));
    while (!owners.isEmpty()) {
      Thread next = owners.poll();
      StackableScope scope = (StackableScope) latest.getVolatile(next);
      while (scope != null && next.equals(scope.owner())) {
        if (scope instanceof ThreadContainer container) {
          container
              .threads()
              .forEach(thread -> {
                taker.accept(thread);
                owners.add(thread);
              });
        }
        scope = scope.enclosingScope();
      }
    }
  }
}
