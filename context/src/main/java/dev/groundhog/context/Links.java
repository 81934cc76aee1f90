package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import org.jspecify.annotations.Nullable;

/// What hangs on a context that can be cancelled: a link in its list, so that leaving takes the
/// same time whatever the number of the others.
abstract class Links {
  @Nullable Links previous;
  @Nullable Links next;

  /// Which calls under a context are interrupted when it ends; each is more than the one before.
  enum Interrupts {
    NOBODY,
    /// Those that begin afterwards. Of the others one may be finishing, and it is the end.
    NEW,
    ALL
  }

  /// The context that this hangs on has been cancelled, with [Interrupts#ALL]; or has ended, for
  /// what is no call. Never blocks.
  ///
  /// @return the first of those that hang on this in turn, to be told next
  abstract @Nullable Links cancelled(Cancellation cancellation);

  /// A user's action. It may do anything, so it gets a thread of its own, with the labels of who
  /// registered it, and nothing of who cancels.
  static final class Action extends Links {
    private final Labels labels = Labels.current();
    private final Runnable action;

    Action(Runnable action) {
      this.action = action;
    }

    @Override
    @Nullable Links cancelled(Cancellation cancellation) {
      Thread.ofVirtual()
          .name("groundhog-on-cancel")
          .inheritInheritableThreadLocals(false)
          .start(() -> labels.run(action));
      return null;
    }
  }
}
