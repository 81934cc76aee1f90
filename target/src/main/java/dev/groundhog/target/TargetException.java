package dev.groundhog.target;

import java.io.IOException;

/// A target could not be read. The message is one line that says what to do next.
public final class TargetException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Code {
    /// What was given names no target.
    USAGE,
    NO_SUCH_PROCESS,
    /// The process is of another user, in another namespace, or refuses to be attached to.
    NO_ACCESS,
    /// A process that is no JVM, so nothing can be read by its PID.
    NOT_A_JVM,
    UNREACHABLE,
    /// It answered, but not with a dump.
    NOT_A_DUMP,
    /// Part of the dump was lost, and a check saw nothing in the rest.
    INCOMPLETE,
    TIMEOUT
  }

  private final Code code;

  public TargetException(Code code, String message) {
    super(oneLine(message));
    this.code = code;
  }

  public TargetException(Code code, String message, Throwable cause) {
    super(oneLine(message), cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
