package dev.groundhog.context;

import java.util.Optional;

/// How a context ended.
///
/// @param reason what whoever works under the context needs to know
/// @param cause what whoever cancelled it said, for a log; empty if nothing
public record Cancellation(Reason reason, Optional<Throwable> cause) {

  /// Why a context was cancelled.
  public enum Reason {
    /// Nobody wants the result any more.
    CANCELLED,
    /// The time was over.
    DEADLINE_EXCEEDED
  }

  static final Cancellation CANCELLED = new Cancellation(Reason.CANCELLED, Optional.empty());
  static final Cancellation DEADLINE_EXCEEDED =
      new Cancellation(Reason.DEADLINE_EXCEEDED, Optional.empty());
}
