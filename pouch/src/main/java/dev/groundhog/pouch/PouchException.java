package dev.groundhog.pouch;

import java.io.IOException;

/// A daemon that cannot be asked, or that did not do what it was asked.
public final class PouchException extends IOException {
  private static final long serialVersionUID = 1;

  /// What sort of trouble it is.
  public enum Code {
    /// Nobody listens there, or this user may not ask.
    UNREACHABLE,
    /// The daemon knows no such container or image.
    NOT_FOUND,
    /// The daemon did not do it; the message is the daemon's.
    REFUSED,
    /// The answer is not one of Docker's API, or it broke off.
    BROKEN
  }

  private final Code code;

  public PouchException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public PouchException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
