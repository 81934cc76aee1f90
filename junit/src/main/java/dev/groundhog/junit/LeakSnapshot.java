package dev.groundhog.junit;

import dev.groundhog.junit.internal.LeakChecker;
import dev.groundhog.junit.internal.Suspects;

/// A moment, from which on threads count. Holds no thread; safe to share.
///
/// ```java
/// LeakSnapshot before = Leaks.snapshot();
/// …
/// before.verifyNone();
/// ```
///
/// Limits: a thread that was made before and started later is not seen, and whoever else starts
/// threads at the same time, such as a test in parallel, is blamed too.
public final class LeakSnapshot {
  private final Suspects since = Suspects.sinceNow();

  LeakSnapshot() {}

  /// Fails if a thread that was made since is still there: each call for itself. The checks of
  /// JUnit that come later leave out what this has reported.
  ///
  /// @throws LeakError if so
  public void verifyNone() {
    verifyNone(LeakOptions.DEFAULT);
  }

  /// @throws LeakError if there is one and the options say that it fails
  public void verifyNone(LeakOptions options) {
    LeakChecker.verify(since, options);
  }

  public LeakTestReport find() {
    return find(LeakOptions.DEFAULT);
  }

  /// The threads that were made since and are still there when the time of the options is over, or
  /// none. Nothing is thrown because of them, or interrupted. If nobody could look, or not at all
  /// of them, the [notes][LeakTestReport#notes] say so, also where the report is clean.
  public LeakTestReport find(LeakOptions options) {
    return LeakChecker.find(since, options);
  }
}
