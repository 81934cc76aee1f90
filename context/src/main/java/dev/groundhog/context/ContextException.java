package dev.groundhog.context;

/// Work that is no longer wanted.
public final class ContextException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What happened.
  public enum Code {
    /// The context was cancelled.
    CANCELLED,
    /// The context's time was over.
    DEADLINE_EXCEEDED,
    /// The client that the work was for has left.
    CLIENT_GONE
  }

  private final Code code;

  ContextException(Cancellation cancellation) {
    super(
        switch (cancellation.reason()) {
          case CANCELLED -> "the context was cancelled";
          case DEADLINE_EXCEEDED -> "the context's deadline has passed";
        },
        cancellation.cause().orElse(null));
    this.code =
        switch (cancellation.reason()) {
          case CANCELLED -> Code.CANCELLED;
          case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
        };
  }

  private ContextException(Code code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /// Without a stack, since it is made where the client's leaving is seen.
  static ContextException clientGone() {
    return new ContextException(Code.CLIENT_GONE, "the client has gone");
  }

  public Code code() {
    return code;
  }
}
