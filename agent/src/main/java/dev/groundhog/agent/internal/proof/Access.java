package dev.groundhog.agent.internal.proof;

import dev.groundhog.agent.internal.JavaBaseClass;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.List;
import jdk.internal.vm.ThreadContainer;

/// What a proof needs of the inside of JDK 25.
///
/// @param virtual the class of virtual threads that wait without a thread of the operating system
/// @param state of one of that class
record Access(
    Containers containers,
    Subtasks subtasks,
    Finalizers finalizers,
    Class<?> virtual,
    VarHandle state) {
  /// `java.lang.VirtualThread.PARKED`: without a deadline, on no carrier.
  private static final int PARKED = 4;

  private static final String HANDLES = "java.lang.ref.GroundhogHandles1";
  private static final String THREADS = "jdk.internal.vm.GroundhogThreads1";

  /// In the order in which they need each other.
  private static final List<String> OF_THREADS =
      List.of(
          THREADS, THREADS + "$Handed", THREADS + "$Store", THREADS + "$Changes", THREADS + "$1");

  /// @throws IOException if this JDK differs, in one line
  static Access find(Instrumentation instrumentation) throws IOException {
    try {
      JavaBaseClass.define(HANDLES, Reference.class);
      for (String name : OF_THREADS) {
        JavaBaseClass.define(name, ThreadContainer.class);
      }
      Class<?> virtual = Class.forName("java.lang.VirtualThread");
      return new Access(
          new Containers(instrumentation),
          new Subtasks(),
          new Finalizers(),
          virtual,
          MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
              .findVarHandle(virtual, "state", int.class));
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      throw new IOException("this JDK differs from what a proof needs: " + e, e);
    }
  }

  /// Whether a thread is virtual and waits without a deadline, in `java.util.concurrent` or
  /// wherever else threads are parked. One that waits for a monitor, or in `Object.wait`, is not
  /// parked.
  boolean isParked(Thread thread) {
    return virtual.isInstance(thread) && (int) state.getVolatile(thread) == PARKED;
  }
}
