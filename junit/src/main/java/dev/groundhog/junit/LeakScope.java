package dev.groundhog.junit;

/// When threads must have ended.
public enum LeakScope {
  /// At the end of each test, and those that were started around the tests, in `@BeforeAll` say, at
  /// the end of the class. A worker is started by the task that its pool needs it for: of a pool
  /// that is made in `@BeforeAll`, those that a test needs must end with the test.
  TEST,
  /// At the end of the class: for what one class shares, such as a pool. On a test it needs a class
  /// that is checked.
  CLASS
}
