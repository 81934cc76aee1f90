package dev.groundhog.context;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// When the time of a context is over. Compared and waited for by a clock that nobody sets.
///
/// @param instant by the clock of the day, for people
/// @param nanos by [System#nanoTime]
record Deadline(Instant instant, long nanos) {
  /// Some 73 years. What is further away counts as that far.
  private static final long FAR = Long.MAX_VALUE / 4;

  /// The moment at which `time` is over.
  static Deadline after(Duration time) {
    Instant instant;
    try {
      instant = Instant.now().plus(time);
    } catch (DateTimeException | ArithmeticException _) {
      instant = time.isNegative() ? Instant.MIN : Instant.MAX;
    }
    long nanos;
    try {
      nanos = time.toNanos();
    } catch (ArithmeticException _) {
      nanos = time.isNegative() ? -FAR : FAR;
    }
    return in(nanos, instant);
  }

  static Deadline at(Instant instant) {
    Instant now = Instant.now();
    long nanos;
    try {
      nanos = now.until(instant, ChronoUnit.NANOS);
    } catch (ArithmeticException _) {
      nanos = instant.isBefore(now) ? -FAR : FAR;
    }
    return in(nanos, instant);
  }

  private static Deadline in(long nanos, Instant instant) {
    return new Deadline(instant, System.nanoTime() + Math.clamp(nanos, -FAR, FAR));
  }

  boolean isBefore(Deadline other) {
    return nanos - other.nanos < 0;
  }

  long nanosLeft() {
    return nanos - System.nanoTime();
  }
}
