package java.lang.ref;

import jdk.internal.misc.Unsafe;

/**
 * Hands things over to the collector's judgement. A collection that does not reach the referent of
 * such a reference in another way marks the reference, and keeps the referent, and all that it
 * reaches, alive. The JVM does that for objects with finalizers; the references here have no
 * finalizer and are enqueued nowhere. Only this package can make them.
 */
public final class GroundhogHandles1 {
  private static final Unsafe UNSAFE = Unsafe.getUnsafe();

  /** The methods of such references insist on a collection that has dealt with them. */
  private static final long REFERENT = UNSAFE.objectFieldOffset(Reference.class, "referent");

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

  /** What it refers to; null if that was let go of. A collector that works meanwhile keeps it. */
  @SuppressWarnings("unchecked") // as it was given
  public static <T> T referent(Reference<T> handle) {
    return (T) UNSAFE.getReferenceVolatile(handle, REFERENT);
  }

  /** Lets go of the referent. */
  public static void drop(Reference<?> handle) {
    UNSAFE.putReferenceVolatile(handle, REFERENT, null);
  }
}
