package dev.groundhog.junit.internal;

import java.lang.System.Logger.Level;
import java.util.Optional;

/// Until it is closed, whoever the current thread starts carries a starter's tag; then what it
/// carried before: a worker of JUnit may run a test while it waits for others. Does nothing without
/// the agent.
final class Tagging implements AutoCloseable {
  /// Carried by whoever is nobody's: a thread without any tag has that of who made it, which for a
  /// worker of JUnit is a test that has long ended.
  static final int NOBODY = 2;

  /// No tag was ever set on this thread.
  private static final int NONE = 0;

  private static final System.Logger LOG = System.getLogger(Tagging.class.getName());

  private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> NONE);

  private static volatile boolean isUsed;

  private final Optional<Meeting> agent = Meeting.find();
  private final Thread thread = Thread.currentThread();
  private final int before = CURRENT.get();

  private Tagging(int tag) {
    carry(tag);
  }

  static Tagging of(Starter starter) {
    Tagging begun = new Tagging(starter.tag());
    starter.taggedBy(begun.agent);
    isUsed |= begun.agent.isPresent();
    return begun;
  }

  /// @param tag a starter's, or [#NOBODY]
  static Tagging of(int tag) {
    return new Tagging(tag);
  }

  /// Whether any thread has carried a tag in this JVM.
  static boolean isUsed() {
    return isUsed;
  }

  /// What the current thread carries.
  static int current() {
    int current = CURRENT.get();
    return current == NONE ? NOBODY : current;
  }

  @Override
  public void close() {
    try {
      carry(before == NONE ? NOBODY : before);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "threads may be taken for a test's that are not: " + e);
    }
  }

  private void carry(int tag) {
    boolean isHere = thread == Thread.currentThread();
    if (agent.isEmpty() || (isHere && CURRENT.get() == tag)) {
      return;
    }
    agent.get().tag(thread.threadId(), tag);
    if (isHere) {
      CURRENT.set(tag);
    }
  }
}
