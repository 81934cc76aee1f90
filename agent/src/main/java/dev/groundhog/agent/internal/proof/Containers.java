package dev.groundhog.agent.internal.proof;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jdk.internal.vm.GroundhogThreads1;
import jdk.internal.vm.SharedThreadContainer;
import jdk.internal.vm.ThreadContainer;
import jdk.internal.vm.ThreadContainers;

/// JDK 25's containers of virtual threads whose references only keep count of threads: the root,
/// and those of executors. The threads of a structured scope are never among them: its owner
/// cancels them when another one succeeds or fails, or time is up.
///
/// Needs `jdk.internal.vm`, `java.lang` and `java.util.concurrent` of `java.base` to be open to
/// this module.
final class Containers {
  private static final String ROOT =
      "jdk.internal.vm.ThreadContainers$RootContainer$TrackingRootContainer";

  private static final int SHUTDOWN = 1;

  private final Instrumentation instrumentation;
  private final Class<?> root;
  private final Field rootThreads;
  private final VarHandle rootConstant;
  private final Set<WeakReference<ThreadContainer>> registry;
  private final VarHandle container;

  /// Whether the JVM's compilers have forgotten the root's own set.
  private boolean isCompiledAnew;

  private final Class<?> executor;
  private final Field executorThreads;
  private final VarHandle executorState;
  private final VarHandle executorKey;
  private final MethodHandle tryTerminate;

  private final Field poolThreads;
  private final VarHandle poolKey;
  private final VarHandle poolIsClosed;

  /// @throws ReflectiveOperationException if this JDK differs
  Containers(Instrumentation instrumentation) throws ReflectiveOperationException {
    this.instrumentation = instrumentation;
    MethodHandles.Lookup own = MethodHandles.lookup();
    root = Class.forName(ROOT);
    rootThreads = setOf(root, "VTHREADS");
    rootConstant = MethodHandles.privateLookupIn(root, own).unreflectVarHandle(rootThreads);
    registry = registry(own);
    container =
        MethodHandles.privateLookupIn(Thread.class, own)
            .findVarHandle(Thread.class, "container", ThreadContainer.class);
    executor = Class.forName("java.util.concurrent.ThreadPerTaskExecutor");
    executorThreads = setOf(executor, "threads");
    MethodHandles.Lookup inExecutor = MethodHandles.privateLookupIn(executor, own);
    executorState = inExecutor.findVarHandle(executor, "state", int.class);
    executorKey = inExecutor.findVarHandle(executor, "key", Object.class);
    tryTerminate =
        inExecutor.findVirtual(executor, "tryTerminate", MethodType.methodType(void.class));
    Class<?> pool = SharedThreadContainer.class;
    poolThreads = setOf(pool, "virtualThreads");
    MethodHandles.Lookup inPool = MethodHandles.privateLookupIn(pool, own);
    poolKey = inPool.findVarHandle(pool, "key", Object.class);
    poolIsClosed = inPool.findVarHandle(pool, "closed", boolean.class);
  }

  private static Field setOf(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    if (field.getType() != Set.class) {
      throw new NoSuchFieldException(field + " is no set");
    }
    return field;
  }

  @SuppressWarnings("unchecked") // of this type in JDK 25
  private static Set<WeakReference<ThreadContainer>> registry(MethodHandles.Lookup own)
      throws ReflectiveOperationException {
    return (Set<WeakReference<ThreadContainer>>)
        MethodHandles.privateLookupIn(ThreadContainers.class, own)
            .findStaticVarHandle(ThreadContainers.class, "CONTAINER_REGISTRY", Set.class)
            .get();
  }

  static boolean isRoot(ThreadContainer container) {
    return container.equals(ThreadContainers.root());
  }

  /// Those whose set can be replaced: the root if it has one, and the executors that are
  /// registered.
  List<ThreadContainer> replaceable() {
    List<ThreadContainer> found = new ArrayList<>();
    if (ThreadContainers.trackAllThreads()) {
      found.add(ThreadContainers.root());
    }
    for (WeakReference<ThreadContainer> registered : registry) {
      ThreadContainer container = registered.get();
      if (executor.isInstance(container) || container instanceof SharedThreadContainer) {
        found.add(container);
      }
    }
    return found;
  }

  /// Puts something in place of the set of threads of `container`, unless it is there already or it
  /// never had a virtual thread.
  ///
  /// @return whether it is new
  boolean replace(ThreadContainer container) throws IOException {
    Optional<Set<Thread>> own = threads(container);
    boolean isNew = own.isPresent() && !(own.get() instanceof GroundhogThreads1);
    if (isNew) {
      GroundhogThreads1 ours = new GroundhogThreads1(own.get());
      if (isRoot(container)) {
        ours.replace(rootThreads, null);
      } else {
        ours.replace(executor.isInstance(container) ? executorThreads : poolThreads, container);
      }
    }
    return isRoot(container) ? compileAnew() : isNew;
  }

  /// The set of the root stands in a constant, which the JVM's compilers believe. They forget what
  /// they have made of a class when that is defined anew, be it as it was. The field of an executor
  /// is final too, of a class whose final fields they do not believe.
  ///
  /// @return whether it was done now; once is enough, and one that failed is tried again
  private boolean compileAnew() throws IOException {
    if (isCompiledAnew) {
      return false;
    }
    try {
      instrumentation.retransformClasses(root);
      isCompiledAnew = true;
      return true;
    } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
      throw new IOException("the JDK's classes cannot be changed here: " + e, e);
    }
  }

  /// What was put in place of the set of threads of `container`, if anything was.
  Optional<GroundhogThreads1> standIn(ThreadContainer container) throws IOException {
    return threads(container)
        .filter(GroundhogThreads1.class::isInstance)
        .map(GroundhogThreads1.class::cast);
  }

  /// Empty before the first virtual thread.
  @SuppressWarnings("unchecked") // of this type in JDK 25
  private Optional<Set<Thread>> threads(ThreadContainer container) throws IOException {
    try {
      Object threads =
          isRoot(container)
              ? rootConstant.getVolatile()
              : (executor.isInstance(container) ? executorThreads : poolThreads).get(container);
      return Optional.ofNullable((Set<Thread>) threads);
    } catch (IllegalAccessException e) {
      throw new IOException("the threads of an executor cannot be seen here: " + e, e);
    }
  }

  /// The container of a thread that was started.
  ThreadContainer of(Thread thread) {
    ThreadContainer found = (ThreadContainer) container.get(thread);
    return found == null ? ThreadContainers.root() : found;
  }

  /// Lets `container`, which a proof has made the registry forget, be found again.
  void register(ThreadContainer container) {
    if (executor.isInstance(container)) {
      executorKey.setVolatile(container, ThreadContainers.registerContainer(container));
    } else if (!(boolean) poolIsClosed.getVolatile(container)) {
      poolKey.setVolatile(container, ThreadContainers.registerContainer(container));
    }
  }

  /// Does what a thread that ends does, for an executor that is shut down: while threads were put
  /// back, one that had ended may have been taken for one that was there.
  void terminateIfEmpty(ThreadContainer container) {
    if (executor.isInstance(container) && (int) executorState.getVolatile(container) == SHUTDOWN) {
      try {
        tryTerminate.invoke(container);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
