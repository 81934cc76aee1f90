package dev.groundhog.agent.internal.births;

import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/// Platform threads that the JDK keeps for the whole program: whoever needs one first makes it
/// start, and after that it works for everybody. So they inherit nothing of that first one.
final class SharedThreads {
  /// The common pool's workers, the carriers of virtual threads, and what the JDK starts for
  /// itself, such as the reapers of processes; the classes of JDK 25.
  private static final Set<String> CLASSES =
      Set.of(
          "java.util.concurrent.ForkJoinWorkerThread$InnocuousForkJoinWorkerThread",
          "jdk.internal.misc.CarrierThread",
          "jdk.internal.misc.InnocuousThread");

  private static final String DELAYS = "java.util.concurrent.DelayScheduler";
  private static final String COMMON_POOL = "ForkJoinPool.commonPool";

  private SharedThreads() {}

  static boolean has(Thread thread) {
    String type = thread.getClass().getName();
    return CLASSES.contains(type)
        || (type.equals(DELAYS) && thread.getName().startsWith(COMMON_POOL))
        // a program may have its own factory for the common pool
        || (thread instanceof ForkJoinWorkerThread worker
            && ForkJoinPool.commonPool().equals(worker.getPool()));
  }
}
