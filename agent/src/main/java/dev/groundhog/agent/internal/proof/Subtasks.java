package dev.groundhog.agent.internal.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.GroundhogHandles1;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import jdk.internal.vm.StackableScope;
import jdk.internal.vm.ThreadContainer;

/// The threads of structured scopes whose owners are judged, judged with them. Nothing is cut for
/// that: a scope is held by its owner and by its threads, and by nobody else who only keeps count.
/// Who cannot be reached by the collector is leaked as its owner is: what could interrupt the owner
/// ends its threads too. For one thread.
final class Subtasks {
  private final Scopes scopes;
  private final List<Reference<Thread>> handles = new ArrayList<>();

  Subtasks(Scopes scopes) {
    this.scopes = scopes;
  }

  /// Where the JDK keeps the scopes of a thread. Needs `java.lang` of `java.base` to be open to
  /// this module.
  static final class Scopes {
    private final VarHandle latest;

    /// @throws ReflectiveOperationException if this JDK differs
    Scopes() throws ReflectiveOperationException {
      latest =
          MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
              .findVarHandle(Thread.class, "headStackableScopes", StackableScope.class);
    }

    /// Of those that `owner` has opened and not closed the threads.
    private void eachThread(Thread owner, Consumer<Thread> taker) {
      StackableScope scope = (StackableScope) latest.getVolatile(owner);
      while (scope != null && owner.equals(scope.owner())) {
        if (scope instanceof ThreadContainer container) {
          container.threads().forEach(taker);
        }
        scope = scope.enclosingScope();
      }
    }
  }

  /// Makes handles for the threads of the scopes of `owner` that are chosen, and so on.
  void add(Thread owner, Predicate<Thread> isChosen) {
    Deque<Thread> owners = new ArrayDeque<>(List.of(owner));
    while (!owners.isEmpty()) {
      scopes.eachThread(
          owners.poll(),
          thread -> {
            if (isChosen.test(thread)) {
              handles.add(GroundhogHandles1.of(thread));
              owners.add(thread);
            }
          });
    }
  }

  int size() {
    return handles.size();
  }

  /// Those that a collection has not reached, owners before their threads.
  List<Thread> found() {
    List<Thread> found = new ArrayList<>();
    for (Reference<Thread> handle : handles) {
      if (GroundhogHandles1.wasFound(handle)) {
        found.add(GroundhogHandles1.referent(handle));
      }
    }
    return found;
  }

  void close() {
    handles.forEach(GroundhogHandles1::drop);
    handles.clear();
  }
}
