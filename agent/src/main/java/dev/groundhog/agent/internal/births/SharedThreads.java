package dev.groundhog.agent.internal.births;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import org.jspecify.annotations.Nullable;

/// Threads that the JDK keeps for the whole program: whoever needs one first makes it start, and
/// after that it works for everybody. So they inherit nothing of that first one.
///
/// Known by what they are started for, as of JDK 25, since the JDK has threads of the same class
/// that somebody opened and did not close: those of a `WatchService` or a `Cleaner`, say. None of
/// the program's code is run for it. Where the JDK's fields cannot be read, such a thread is shared
/// only if its class tells.
final class SharedThreads {
  private static final String CARRIER = "jdk.internal.misc.CarrierThread";
  private static final String COMMON_WORKER =
      "java.util.concurrent.ForkJoinWorkerThread$InnocuousForkJoinWorkerThread";

  private static final String DELAYS = "java.util.concurrent.DelayScheduler";
  private static final String COMMON_POOL = "ForkJoinPool.commonPool-";
  private static final String CARRIERS = "CarrierThreads";

  /// The class of the JDK's own threads.
  private static final String INNOCUOUS = "jdk.internal.misc.InnocuousThread";

  /// The classes of what those run that are one for all; also lambdas of these classes.
  private static final List<String> TASKS =
      List.of("sun.nio.ch.Poller$", "java.lang.VirtualThread$", "sun.net.www.http.KeepAlive");

  /// Where what is run does not tell, the names, which only the JDK gives.
  private static final Set<String> NAMES =
      Set.of("process reaper", "VirtualThread-unparker", "Common-Cleaner");

  /// What makes the one group of asynchronous channels of those who name none.
  private static final List<String> DEFAULT_GROUPS =
      List.of(
          "sun.nio.ch.LinuxAsynchronousChannelProvider.default",
          "sun.nio.ch.BsdAsynchronousChannelProvider.default",
          "sun.nio.ch.WindowsAsynchronousChannelProvider.default");

  /// Polls for virtual threads, as one of them; of those the task cannot be read.
  private static final String POLLER = "SubPoller-";

  private static final List<String> POLLERS = List.of("sun.nio.ch.Poller$");

  private static final Optional<VarHandle> HOLDER =
      field(Thread.class, "holder", "java.lang.Thread$FieldHolder");
  private static final Optional<VarHandle> TASK =
      HOLDER.flatMap(holder -> field(holder.varType(), "task", Runnable.class.getName()));
  private static final Optional<VarHandle> POOL =
      field(ForkJoinWorkerThread.class, "pool", ForkJoinPool.class.getName());

  private SharedThreads() {}

  private static Optional<VarHandle> field(Class<?> owner, String name, String type) {
    try {
      return Optional.of(
          MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
              .findVarHandle(owner, name, Class.forName(type)));
    } catch (ReflectiveOperationException | RuntimeException _) {
      return Optional.empty();
    }
  }

  /// @param here where it is started
  static boolean has(Thread thread, Throwable here) {
    if (thread.isVirtual()) {
      return thread.getName().startsWith(POLLER) && isStartedIn(POLLERS, here);
    }
    return switch (thread.getClass().getName()) {
      case CARRIER, COMMON_WORKER -> true;
      case DELAYS -> isIn(CARRIERS, thread) || thread.getName().startsWith(COMMON_POOL);
      case INNOCUOUS ->
          NAMES.contains(thread.getName())
              || isFor(task(thread))
              || isStartedIn(DEFAULT_GROUPS, here);
      default -> thread instanceof ForkJoinWorkerThread worker && isCommon(worker);
    };
  }

  /// Whether it runs anybody's tasks: in the common pool.
  static boolean isWorker(Thread thread) {
    return switch (thread.getClass().getName()) {
      case COMMON_WORKER -> true;
      case DELAYS -> thread.getName().startsWith(COMMON_POOL);
      default -> thread instanceof ForkJoinWorkerThread worker && isCommon(worker);
    };
  }

  /// A program may have its own factory for the common pool, and its own `getPool`, which is not
  /// asked.
  private static boolean isCommon(ForkJoinWorkerThread worker) {
    return POOL.isPresent() && ForkJoinPool.commonPool().equals(POOL.get().get(worker));
  }

  private static boolean isStartedIn(List<String> functions, Throwable here) {
    for (StackTraceElement element : here.getStackTrace()) {
      if (isOne(functions, element.getClassName() + "." + element.getMethodName())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOne(List<String> prefixes, String name) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(String group, Thread thread) {
    ThreadGroup own = thread.getThreadGroup();
    return own != null && group.equals(own.getName());
  }

  private static @Nullable Object task(Thread thread) {
    return HOLDER.isEmpty() || TASK.isEmpty() ? null : TASK.get().get(HOLDER.get().get(thread));
  }

  private static boolean isFor(@Nullable Object task) {
    return task != null && isOne(TASKS, task.getClass().getName());
  }
}
