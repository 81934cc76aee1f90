package dev.groundhog.pouch.internal.errors;

/// What a request can't have, in words for who asked.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What went wrong, as HTTP has it.
  public enum Code {
    BAD_REQUEST(400),
    FORBIDDEN(403),
    NOT_FOUND(404),
    CONFLICT(409),
    INTERNAL(500),
    NOT_IMPLEMENTED(501);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  private final Code code;

  public ApiException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public ApiException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// The same, with what could not be done before it.
  public ApiException about(String what) {
    return new ApiException(code, what + ": " + getMessage(), this);
  }

  public Code code() {
    return code;
  }
}
