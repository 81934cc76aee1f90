package dev.groundhog.junit;

/// What a leak leads to. A thread that was reported once is not reported again by a check of JUnit.
public enum OnLeak {
  /// The test, or the class, fails.
  FAIL,
  /// One warning in the log (`System.Logger`) with the whole report.
  WARN,
  /// It fails, and the threads are interrupted, so that they do not disturb the tests that follow.
  /// After at most a second the report says which did not end. Virtual threads can be interrupted
  /// only with Groundhog's agent.
  FAIL_AND_INTERRUPT
}
