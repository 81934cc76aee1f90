package dev.groundhog.agent.internal.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.GroundhogHandles1;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/// The objects whose `finalize()` has yet to run: they can run, so that they are roots. Needs
/// `java.lang.ref` of `java.base` to be open to this module.
final class Finalizers {
  private final Object lock;
  private final VarHandle first;
  private final VarHandle next;

  /// @throws ReflectiveOperationException if this JDK differs
  Finalizers() throws ReflectiveOperationException {
    Class<?> finalizer = Class.forName("java.lang.ref.Finalizer");
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(finalizer, MethodHandles.lookup());
    lock = lookup.findStaticVarHandle(finalizer, "lock", Object.class).get();
    first = lookup.findStaticVarHandle(finalizer, "unfinalized", finalizer);
    next = lookup.findVarHandle(finalizer, "next", finalizer);
  }

  /// While it is held none is added: whoever makes such an object waits.
  Object lock() {
    return lock;
  }

  /// All of them; to be called under the [#lock].
  List<Object> objects() {
    List<Object> objects = new ArrayList<>();
    for (Object each = first.get(); each != null; each = next.get(each)) {
      Object object = GroundhogHandles1.referent((Reference<?>) each);
      if (object != null) {
        objects.add(object);
      }
    }
    return objects;
  }
}
