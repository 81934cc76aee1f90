package java.lang.ref;

/**
 * Hands things over to the collector's judgement. A collection that does not reach the referent of
 * such a reference in another way marks the reference, and keeps the referent, and all that it
 * reaches, alive. The JVM does that for objects with finalizers; the references here have no
 * finalizer and are enqueued nowhere. Only this package can make them.
 */
public final class GroundhogHandles1 {
  private GroundhogHandles1() {}

  /** A new reference that a collector looks through. */
  public static <T> Reference<T> of(T referent) {
    return new FinalReference<>(referent, null);
  }

  /**
   * Whether a collection did not reach the referent. From then on the reference holds it as any
   * field does.
   */
  public static boolean wasFound(Reference<?> handle) {
    return handle.next == handle; // how the JVM marks those that it has dealt with
  }

  /** Lets go of the referent. */
  public static void drop(Reference<?> handle) {
    if (wasFound(handle)) {
      handle.clearInactiveFinalReference();
    } else {
      handle.clear();
    }
  }
}
