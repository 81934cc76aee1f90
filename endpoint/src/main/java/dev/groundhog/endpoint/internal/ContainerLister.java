package dev.groundhog.endpoint.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/// The JDK's own registry of thread containers (`jdk.internal.vm.ThreadContainers`), which holds
/// every platform thread and every virtual thread: those of executors in their executors, and those
/// that were started directly in the root, unless the property `jdk.trackAllThreads` is set to
/// something else than `true`.
///
/// Needs `jdk.internal.vm` of `java.base` to be exported to this module.
public final class ContainerLister implements ThreadLister {
  private final MethodHandle root;
  private final MethodHandle children;
  private final MethodHandle threads;

  /// Whether virtual threads that were started directly are among them.
  private final boolean hasAll;

  private ContainerLister(
      MethodHandle root, MethodHandle children, MethodHandle threads, boolean hasAll) {
    this.root = root;
    this.children = children;
    this.threads = threads;
    this.hasAll = hasAll;
  }

  /// Empty where the registry is not there, differs, or is not exported to this module.
  public static Optional<ContainerLister> find() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      Class<?> registry = Class.forName("jdk.internal.vm.ThreadContainers");
      Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
      MethodHandle root = lookup.findStatic(registry, "root", MethodType.methodType(container));
      MethodType stream = MethodType.methodType(Stream.class);
      return Optional.of(
          new ContainerLister(
              root,
              lookup.findVirtual(container, "children", stream),
              lookup.findVirtual(container, "threads", stream),
              hasAll(lookup, registry)));
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }

  private static boolean hasAll(MethodHandles.Lookup lookup, Class<?> registry) {
    try {
      MethodType answer = MethodType.methodType(boolean.class);
      return (boolean) call(lookup.findStatic(registry, "trackAllThreads", answer));
    } catch (ReflectiveOperationException _) {
      return hasAll(Optional.ofNullable(System.getProperty("jdk.trackAllThreads")));
    }
  }

  /// As `jdk.internal.vm.ThreadContainers` of JDK 25 reads the property.
  static boolean hasAll(Optional<String> property) {
    return property.filter(value -> !value.isEmpty() && !Boolean.parseBoolean(value)).isEmpty();
  }

  @Override
  public void each(Visitor visitor) {
    Deque<Object> containers = new ArrayDeque<>();
    containers.add(call(root));
    while (!containers.isEmpty()) {
      Object container = containers.poll();
      String name = container.toString();
      for (Iterator<?> each = stream(threads, container).iterator(); each.hasNext(); ) {
        visitor.visit((Thread) each.next(), name);
      }
      stream(children, container).forEach(containers::add);
    }
  }

  @Override
  public String missing() {
    return hasAll
        ? ""
        : "virtual threads that were started directly are missing, since jdk.trackAllThreads is not"
            + " true";
  }

  private static Object call(MethodHandle handle, Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<?> stream(MethodHandle handle, Object container) {
    return (Stream<?>) call(handle, container);
  }
}
