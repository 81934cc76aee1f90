package dev.groundhog.junit;

/// A test left threads behind. Its message is the report for people.
public final class LeakError extends AssertionError {
  private static final long serialVersionUID = 1;

  private final transient LeakTestReport report;

  public LeakError(LeakTestReport report) {
    super(report.toString());
    this.report = report;
  }

  /// The same for programs; not there in a copy that was serialised.
  public LeakTestReport report() {
    return report;
  }
}
