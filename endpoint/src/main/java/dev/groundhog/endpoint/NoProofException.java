package dev.groundhog.endpoint;

/// Nothing can be proven here, or now. Its message is one line that says why and what can be done.
public final class NoProofException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public NoProofException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /// The message.
  public String reason() {
    return reason;
  }
}
