package dev.groundhog.junit;

import dev.groundhog.junit.internal.LeakChecker;
import dev.groundhog.junit.internal.Suspects;
import java.time.Duration;

/// The check in every framework, or in none. Threads that belong to the JVM, to a test runner or to
/// a library that nobody can stop are expected; so is the thread that asks.
///
/// Limit: [#verifyNone] and [#find] blame everybody who is there, also what other tests have left
/// and what tests in parallel do. Where that matters, take a [#snapshot] before the test; only
/// [LeakCheck] knows with Groundhog's agent whose thread it is.
///
/// A thread that is there is looked at again, with growing pauses, until the time of the options is
/// over. If the thread that asks is interrupted meanwhile, it looks once more, and stays
/// interrupted. Safe to call on any thread.
public final class Leaks {
  private Leaks() {}

  /// Fails if a thread is there that is not expected: each call for itself, for as long as it is
  /// there. The checks of JUnit that come later leave out what this has reported.
  ///
  /// @throws LeakError if so
  public static void verifyNone() {
    verifyNone(LeakOptions.DEFAULT);
  }

  /// @throws LeakError if there is one and the options say that it fails
  public static void verifyNone(LeakOptions options) {
    LeakChecker.verify(Suspects.ofRun(), options);
  }

  public static LeakTestReport find() {
    return find(LeakOptions.DEFAULT);
  }

  /// The threads that are still there when the time of the options is over, or none. Nothing is
  /// thrown because of them, or interrupted. If nobody could look, or not at all of them, the
  /// [notes][LeakTestReport#notes] say so, also where the report is clean.
  public static LeakTestReport find(LeakOptions options) {
    return LeakChecker.find(Suspects.ofRun(), options);
  }

  /// Whoever is there now never counts in a check of what this returns.
  public static LeakSnapshot snapshot() {
    return new LeakSnapshot();
  }

  /// Counts platform threads now and, when it is closed, once more: the simplest guard. Threads may
  /// take 500 ms to end.
  public static CountGuard countGuard() {
    return countGuard(LeakOptions.DEFAULT.within());
  }

  /// Counts platform threads now and, when it is closed, until there are no more than now.
  ///
  /// @param within how long threads may take to end; at most an hour
  public static CountGuard countGuard(Duration within) {
    return new CountGuard(LeakOptions.DEFAULT.within(within).within());
  }
}
