import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/// The JDK's own lists of virtual threads, as its own code reads them.
final class Lists {
  private Lists() {}

  /// Of the threads in no executor. For as long as nobody asks for the first proof it is another
  /// set, which a compiler may remember: to be called after it.
  static Collection<Thread> root() {
    return threads(
        "jdk.internal.vm.ThreadContainers$RootContainer$TrackingRootContainer", "VTHREADS", null);
  }

  /// Of an executor with a thread for each task; of another one it is empty.
  static Collection<Thread> of(Object executor) {
    String perTask = "java.util.concurrent.ThreadPerTaskExecutor";
    return executor.getClass().getName().equals(perTask)
        ? threads(perTask, "threads", executor)
        : List.of();
  }

  /// Of a pool, whose container is in the registry.
  static Collection<Thread> shared(Object container) {
    Collection<Thread> threads =
        threads("jdk.internal.vm.SharedThreadContainer", "virtualThreads", container);
    return threads == null ? List.of() : threads;
  }

  /// Everything that the JDK's registry has.
  static List<Object> registered() {
    List<Object> found = new ArrayList<>();
    for (Object key :
        (Set<?>) field("jdk.internal.vm.ThreadContainers", "CONTAINER_REGISTRY", null)) {
      Object container = ((Reference<?>) key).get();
      if (container != null) {
        found.add(container);
      }
    }
    return found;
  }

  /// Of what stands in a list and should not.
  static List<String> stale() {
    List<String> stale = new ArrayList<>();
    ended(root(), "no executor", stale);
    for (Object container : registered()) {
      if (container instanceof ExecutorService executor) {
        ended(of(executor), executor.toString(), stale);
        if (executor.isTerminated()) {
          stale.add("terminated " + executor);
        }
      } else if (container.getClass().getSimpleName().equals("SharedThreadContainer")) {
        ended(shared(container), container.toString(), stale);
      }
    }
    return stale;
  }

  private static void ended(Collection<Thread> threads, String where, List<String> stale) {
    for (Thread thread : threads) {
      if (thread.getState() == Thread.State.TERMINATED) {
        stale.add("ended " + thread.getName() + " in " + where);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Collection<Thread> threads(String type, String name, Object holder) {
    return (Collection<Thread>) field(type, name, holder);
  }

  /// As `java.lang.VirtualThread` has it.
  static int state(Thread thread) {
    return (int) field("java.lang.VirtualThread", "state", thread);
  }

  private static Object field(String type, String name, Object holder) {
    try {
      Field field = Class.forName(type).getDeclaredField(name);
      field.setAccessible(true);
      return field.get(holder);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
