package dev.groundhog.agent.internal.proof;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.groundhog.endpoint.NoProofException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;

/// This JVM's garbage collector, as far as a proof needs it: what it can tell, and whether it did
/// anything.
final class Collector {
  private static final List<String> CANNOT_TELL = List.of("ZGC", "Shenandoah", "Epsilon");

  /// Those that look at young objects alone.
  private static final Set<String> YOUNG = Set.of("G1 Young Generation", "PS Scavenge", "Copy");

  private Collector() {}

  /// @throws NoProofException if no collection of this JVM can prove anything, in one line
  static void require() throws NoProofException {
    requireTelling();
    try {
      requireFlags();
    } catch (NoClassDefFoundError _) {
      // no jdk.management here: the canary tells
    }
  }

  /// @throws NoProofException if this JVM's collector cannot tell what it did not reach, in one
  ///   line
  static void requireTelling() throws NoProofException {
    try {
      for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
        for (String name : CANNOT_TELL) {
          if (bean.getName().startsWith(name)) {
            throw new NoProofException(
                name
                    + " does not tell what it did not reach: a proof needs G1, Parallel or Serial,"
                    + " as with -XX:+UseG1GC");
          }
        }
      }
    } catch (NoClassDefFoundError _) {
      // no java.management here: the canary tells
    }
  }

  /// Whether [#oldCollections] can be told here.
  static boolean canCount() {
    try {
      return !ManagementFactory.getGarbageCollectorMXBeans().isEmpty();
    } catch (NoClassDefFoundError _) {
      return false; // no java.management here
    }
  }

  /// How often old objects were looked at too: a full collection counts once, a concurrent one of
  /// G1 twice. 0 where that cannot be told.
  static long oldCollections() {
    try {
      return ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(bean -> !YOUNG.contains(bean.getName()))
          .mapToLong(GarbageCollectorMXBean::getCollectionCount)
          .sum();
    } catch (NoClassDefFoundError _) {
      return 0; // no java.management here
    }
  }

  /// The flags of this process are its owner's will.
  private static void requireFlags() throws NoProofException {
    HotSpotDiagnosticMXBean flags =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (flags == null) {
      return;
    }
    if (isOn(flags, "DisableExplicitGC")) {
      throw new NoProofException(
          "this JVM was started with -XX:+DisableExplicitGC, and a proof needs a collection:"
              + " start it without");
    }
    if (isOn(flags, "UseG1GC") && isOn(flags, "ExplicitGCInvokesConcurrent")) {
      throw new NoProofException(
          "this JVM was started with -XX:+ExplicitGCInvokesConcurrent, and a proof needs a"
              + " collection that nothing runs beside: start it without");
    }
  }

  private static boolean isOn(HotSpotDiagnosticMXBean flags, String name) {
    return Boolean.parseBoolean(flags.getVMOption(name).getValue());
  }

  /// Collects.
  ///
  /// @throws NoProofException if nothing was collected
  static void collect() throws NoProofException {
    WeakReference<Object> canary = new WeakReference<>(new Object());
    System.gc();
    if (!canary.refersTo(null)) {
      throw new NoProofException(
          "this JVM collected nothing when it was asked to (-XX:+DisableExplicitGC?), and a proof"
              + " needs a collection");
    }
  }
}
