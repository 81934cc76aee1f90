package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.LockFacts;
import dev.groundhog.dump.LockRef;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import org.jspecify.annotations.Nullable;

/// Who holds what threads wait for: of `java.util.concurrent.locks` where that package is open to
/// this module, and of monitors that platform threads wait to enter where there is the module
/// `java.management`. Stops no thread.
///
/// The JDK's own snapshot of a thread (`jdk.internal.vm.ThreadSnapshot`) knows more, but in JDK 25
/// it is not safe while virtual threads mount and unmount (JDK-8364343).
public final class LiveLocks implements LockFacts {
  private final @Nullable MethodHandle exclusiveOwner;

  private LiveLocks(@Nullable MethodHandle exclusiveOwner) {
    this.exclusiveOwner = exclusiveOwner;
  }

  /// With as much as this module may see.
  public static LiveLocks find() {
    try {
      return new LiveLocks(
          MethodHandles.privateLookupIn(AbstractOwnableSynchronizer.class, MethodHandles.lookup())
              .findVirtual(
                  AbstractOwnableSynchronizer.class,
                  "getExclusiveOwnerThread",
                  MethodType.methodType(Thread.class)));
    } catch (ReflectiveOperationException _) {
      return new LiveLocks(null);
    }
  }

  @Override
  public OptionalLong ownerOf(Object blocker) {
    if (exclusiveOwner == null || !(blocker instanceof AbstractOwnableSynchronizer)) {
      return OptionalLong.empty();
    }
    try {
      return exclusiveOwner.invoke(blocker) instanceof Thread owner
          ? OptionalLong.of(owner.threadId())
          : OptionalLong.empty();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<Monitor> entering(Thread thread) {
    if (thread.isVirtual()) {
      return Optional.empty();
    }
    try {
      ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
      LockInfo lock = info == null ? null : info.getLockInfo();
      if (lock == null) {
        return Optional.empty();
      }
      OptionalLong owner =
          info.getLockOwnerId() < 0 ? OptionalLong.empty() : OptionalLong.of(info.getLockOwnerId());
      LockRef object =
          new LockRef(lock.getClassName(), Integer.toHexString(lock.getIdentityHashCode()));
      return Optional.of(new Monitor(object, owner));
    } catch (NoClassDefFoundError _) {
      return Optional.empty(); // no java.management here
    }
  }
}
