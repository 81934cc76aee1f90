package dev.groundhog.context;

import org.jspecify.annotations.Nullable;

/// What hangs on a context that can be cancelled: a link in its list, so that leaving takes the
/// same time whatever the number of the others.
abstract class Links {
  @Nullable Links previous;
  @Nullable Links next;

  /// The context that this hangs on has been cancelled. Never blocks, never throws.
  ///
  /// @return the first of those that hang on this in turn, to be told next
  abstract @Nullable Links cancelled(Cancellation cancellation);

  /// A user's action. It may do anything, so it gets a thread of its own.
  static final class Action extends Links {
    private final Runnable action;

    Action(Runnable action) {
      this.action = action;
    }

    @Override
    @Nullable Links cancelled(Cancellation cancellation) {
      Thread.ofVirtual().name("groundhog-on-cancel").start(action);
      return null;
    }
  }
}
