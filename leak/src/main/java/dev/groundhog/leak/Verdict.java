package dev.groundhog.leak;

/// What is said of a group, strongest first.
public enum Verdict {
  /// Nothing that can still run can complete what it waits for, nor holds it or its executor.
  PROVEN,
  /// Nothing can complete what it waits for; only the shutdown of its executor, or of the executor
  /// of another stranded thread that reaches it, could make it go on.
  STRANDED,
  /// It still works for a request whose client has gone.
  ABANDONED,
  /// It waits long, or its group is large or grows; the reasons say which.
  SUSPECTED,
  /// A rule says that it belongs there; the reason names the rule.
  EXPECTED
}
