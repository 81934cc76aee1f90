package dev.groundhog.agent.internal.proof;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.ref.GroundhogHandles1;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/// The objects whose `finalize()` has yet to run: they can run, so that they are roots. Needs
/// `java.lang.ref` and `jdk.internal.misc` of `java.base` to be open to this module.
final class Finalizers {
  private static final int MAX_WAITS = 100;

  private final Object lock;
  private final VarHandle first;
  private final VarHandle next;
  private final VarHandle waiting;
  private final VarHandle mostWaiting;
  private final MethodHandle awaitReferences;

  /// @throws ReflectiveOperationException if this JDK differs
  Finalizers() throws ReflectiveOperationException {
    Class<?> finalizer = Class.forName("java.lang.ref.Finalizer");
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(finalizer, MethodHandles.lookup());
    lock = lookup.findStaticVarHandle(finalizer, "lock", Object.class).get();
    first = lookup.findStaticVarHandle(finalizer, "unfinalized", finalizer);
    next = lookup.findVarHandle(finalizer, "next", finalizer);
    Class<?> vm = Class.forName("jdk.internal.misc.VM");
    MethodHandles.Lookup inVm = MethodHandles.privateLookupIn(vm, MethodHandles.lookup());
    waiting = inVm.findStaticVarHandle(vm, "finalRefCount", int.class);
    mostWaiting = inVm.findStaticVarHandle(vm, "peakFinalRefCount", int.class);
    awaitReferences =
        MethodHandles.privateLookupIn(Reference.class, MethodHandles.lookup())
            .findStatic(
                Reference.class,
                "waitForReferenceProcessing",
                MethodType.methodType(boolean.class));
  }

  /// From now on [#haveBeenIdle] asks whether a collection has found an object with a finalizer.
  void watch() {
    mostWaiting.setVolatile(0);
  }

  /// Whether since [#watch] no collection that has ended has found an object with a finalizer, and
  /// no such object that was found before waits for it. The JDK keeps the greatest number of those
  /// that ever waited, which nothing of the JDK reads.
  boolean haveBeenIdle() throws InterruptedException {
    for (int waits = 0; isProcessing(); waits++) {
      if (waits == MAX_WAITS) {
        return false;
      }
    }
    return (int) mostWaiting.getVolatile() == 0 && (int) waiting.getVolatile() == 0;
  }

  /// Waits while the JVM's thread for that has references to enqueue.
  private boolean isProcessing() throws InterruptedException {
    try {
      return (boolean) awaitReferences.invokeExact();
    } catch (InterruptedException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
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
