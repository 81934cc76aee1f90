package dev.groundhog.agent.internal.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;

/// Keeps a collection from clearing soft references. The JVM clears those that have not been used
/// for a time, by a clock in this class that it sets after each collection: where the clock stands
/// still at the beginning, all were just used. Needs `java.lang.ref` of `java.base` to be open to
/// this module.
final class SoftReferences {
  private static final long BEGINNING = 0;

  private final VarHandle clock;

  /// @throws ReflectiveOperationException if this JDK differs
  SoftReferences() throws ReflectiveOperationException {
    clock =
        MethodHandles.privateLookupIn(SoftReference.class, MethodHandles.lookup())
            .findStaticVarHandle(SoftReference.class, "clock", long.class);
  }

  /// @return what to give to [#release]
  long hold() {
    return (long) clock.getAndSet(BEGINNING);
  }

  /// @param before what the clock showed, where no collection has set it since
  void release(long before) {
    clock.compareAndSet(BEGINNING, before);
  }
}
