package dev.groundhog.junit;

/// When threads must have ended.
public enum LeakScope {
  /// At the end of each test, and those of `@BeforeAll` at the end of the class.
  TEST,
  /// At the end of the class.
  CLASS
}
