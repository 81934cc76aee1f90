package dev.groundhog.dump;

import java.io.IOException;

/// The input is no dump, is beyond a bound, or could not be read. The only exception a reader
/// throws.
public final class DumpException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Code {
    /// Nothing in the input looks like a dump.
    UNKNOWN_FORMAT,
    /// A bound of the reader was met before anything useful was read.
    TOO_LARGE,
    /// The stream itself failed.
    IO
  }

  private final Code code;

  public DumpException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public DumpException(Code code, String message, IOException cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
