package dev.groundhog.dump;

/// What a thread waits for, classified the same for every runtime and version.
public enum WaitKind {
  /// It runs, or could.
  NONE,
  CHANNEL_RECEIVE,
  CHANNEL_SEND,
  SELECT,
  /// `select {}` or an operation on a nil channel: nothing can ever end it.
  FOREVER,
  /// A mutual exclusion lock, monitor or `ReentrantLock`.
  MUTEX,
  READ_LOCK,
  WRITE_LOCK,
  /// Go's `sync.WaitGroup`, Java's `CountDownLatch`, `Phaser`, `CyclicBarrier`.
  LATCH,
  /// A condition variable: Go's `sync.Cond`, Java's `Condition` or `Object.wait`.
  CONDITION,
  SEMAPHORE,
  /// A blocking queue's take or put (Java).
  QUEUE,
  /// A future's result, or the end of another thread (`join`).
  FUTURE,
  /// Go's `sync.Once`.
  ONCE,
  SLEEP,
  /// Network or file input and output.
  IO,
  /// `LockSupport.park` by code that none of the other kinds covers.
  PARK,
  /// The end of a child process (`Process.waitFor`, `wait4`).
  PROCESS,
  /// The runtime's own waiting: collector workers, finalizers, reference handlers.
  RUNTIME,
  /// It waits, for something that the format does not tell.
  UNKNOWN
}
