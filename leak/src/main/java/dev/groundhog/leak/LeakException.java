package dev.groundhog.leak;

import java.io.IOException;

/// A file of suppressions could not be used. The message is one line that says where and what to
/// do.
public final class LeakException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Code {
    /// A line is no suppression.
    MALFORMED,
    /// It is larger than a person can review.
    TOO_LARGE
  }

  private final Code code;

  public LeakException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
