package dev.groundhog.junit.internal;

import java.util.Optional;

/// Until it is closed, whoever the current thread starts carries a starter's tag; then what it
/// carried before: a worker of JUnit may run a test while it waits for others. Does nothing without
/// the agent.
final class Tagging implements AutoCloseable {
  private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> 0);

  private final Optional<Meeting> agent = Meeting.find();
  private final Thread thread = Thread.currentThread();
  private final int before = CURRENT.get();

  Tagging(Starter starter) {
    carry(starter.tag());
  }

  @Override
  public void close() {
    carry(before);
  }

  private void carry(int tag) {
    agent.ifPresent(found -> found.tag(thread.threadId(), tag));
    if (thread != Thread.currentThread()) {
      return;
    }
    if (tag == 0) {
      CURRENT.remove();
    } else {
      CURRENT.set(tag);
    }
  }
}
