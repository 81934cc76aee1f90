package dev.groundhog.dump;

/// What a thread was doing, in words that fit the JVM and Go. `UNKNOWN` where the format does not
/// tell (dumps of JDK 21 to 24, Go's aggregated profiles).
public enum ThreadState {
  NEW,
  RUNNING,
  RUNNABLE,
  /// Inside a system call or foreign code (Go only; the JVM says `RUNNABLE`).
  SYSCALL,
  /// Wants a lock or monitor that somebody else holds.
  BLOCKED,
  WAITING,
  /// Waits with a deadline.
  TIMED_WAITING,
  TERMINATED,
  UNKNOWN
}
