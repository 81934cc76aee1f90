package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadState;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The small values that the JVM's formats have in common. What can't be read is unknown.
final class JvmFacts {
  private JvmFacts() {}

  /// `java.util.concurrent.CountDownLatch$Sync@1b2c3d`.
  static LockRef lock(String text) {
    int at = text.lastIndexOf('@');
    return at <= 0
        ? new LockRef(text, "")
        : new LockRef(text.substring(0, at), text.substring(at + 1));
  }

  /// The names of `Thread.State`; anything else is unknown.
  static ThreadState state(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "NEW" -> ThreadState.NEW;
      case "RUNNABLE" -> ThreadState.RUNNABLE;
      case "BLOCKED" -> ThreadState.BLOCKED;
      case "WAITING" -> ThreadState.WAITING;
      case "TIMED_WAITING" -> ThreadState.TIMED_WAITING;
      case "TERMINATED" -> ThreadState.TERMINATED;
      default -> ThreadState.UNKNOWN;
    };
  }

  /// A thread's or process's number, which is never negative.
  static OptionalLong number(String text) {
    try {
      long number = Long.parseLong(text);
      return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
