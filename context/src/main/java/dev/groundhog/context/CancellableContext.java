package dev.groundhog.context;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A context that can be cancelled. Whoever makes one ends it, with [#cancel()] or [#close], also
/// when the work went well: until then its parent holds it.
public final class CancellableContext extends Links implements Context, AutoCloseable {
  private final Context parent;
  private final @Nullable CancellableContext above;
  private final Optional<Deadline> deadline;

  /// Set once, under this object's lock, which also guards the fields below. From then on the list
  /// belongs to whoever cancelled this.
  private volatile @Nullable Cancellation state;

  private Interrupts interrupts = Interrupts.ALL;

  private @Nullable Links first;

  private @Nullable CompletionStage<Cancellation> done;

  private @Nullable Registration timer;

  CancellableContext(Context parent, Optional<Deadline> deadline) {
    this.parent = parent;
    this.above = BaseContext.canceller(parent);
    this.deadline = deadline;
    if (above != null) {
      Cancellation cancelled = above.add(this);
      if (cancelled != null) {
        end(cancelled, above.interrupts());
      }
    }
  }

  /// Cancels this context and all below it, as [Cancellation.Reason#CANCELLED]. The first
  /// cancellation counts; a later one changes nothing.
  public void cancel() {
    end(Cancellation.CANCELLED, Interrupts.ALL);
  }

  /// As [#cancel()], and says why.
  public void cancel(Throwable cause) {
    end(new Cancellation(Cancellation.Reason.CANCELLED, Optional.of(cause)), Interrupts.ALL);
  }

  /// As [#cancel()].
  @Override
  public void close() {
    cancel();
  }

  @Override
  public <T> Optional<T> value(Key<T> key) {
    return BaseContext.find(parent, key);
  }

  @Override
  public String toString() {
    Cancellation cancellation = state;
    return parent
        + ".withCancel"
        + deadline.map(at -> "(until " + at.instant() + ")").orElse("")
        + (cancellation == null ? "" : "(" + cancellation.reason() + ")");
  }

  Context parent() {
    return parent;
  }

  /// Whether cancelling this cancels `context`.
  @SuppressWarnings("ReferenceEquality") // contexts are not values
  boolean isAbove(Context context) {
    CancellableContext next = BaseContext.canceller(context);
    while (next != null && next != this) {
      next = next.above;
    }
    return next != null;
  }

  @Nullable Cancellation state() {
    return state;
  }

  Optional<Cancellation> ownCancellation() {
    return Optional.ofNullable(state);
  }

  Optional<Deadline> ownDeadline() {
    return deadline;
  }

  /// Whom the cancellation interrupted.
  synchronized Interrupts interrupts() {
    return interrupts;
  }

  CompletionStage<Cancellation> ownDone() {
    CompletableFuture<Cancellation> future = new CompletableFuture<>();
    CompletionStage<Cancellation> stage = future.minimalCompletionStage();
    synchronized (this) {
      if (done != null) {
        return done;
      }
      done = stage;
    }
    register(new Action(() -> future.complete(ownCancellation().orElseThrow())));
    return stage;
  }

  /// A timer that is of no use once this has ended.
  void endsWith(Registration timer) {
    boolean late;
    synchronized (this) {
      this.timer = timer;
      late = state != null;
    }
    if (late) {
      timer.stop();
    }
  }

  /// Tells `link` of the cancellation when it comes, or at once.
  Registration register(Links link) {
    Cancellation cancelled = add(link);
    if (cancelled != null) {
      link.cancelled(cancelled, interrupts());
      return Registration.NONE;
    }
    return () -> remove(link);
  }

  /// Hangs `link` on this.
  ///
  /// @return the cancellation if it is too late for that
  synchronized @Nullable Cancellation add(Links link) {
    if (state != null) {
      return state;
    }
    link.next = first;
    if (first != null) {
      first.previous = link;
    }
    first = link;
    return null;
  }

  /// @return whether it still hung here
  @SuppressWarnings("ReferenceEquality") // a link, not a value
  synchronized boolean remove(Links link) {
    if (state != null || (link.previous == null && first != link)) {
      return false;
    }
    if (link.previous == null) {
      first = link.next;
    } else {
      link.previous.next = link.next;
    }
    if (link.next != null) {
      link.next.previous = link.previous;
    }
    link.previous = null;
    link.next = null;
    return true;
  }

  /// Tells all below, one by one: a tree may be deep. All are told, whatever one of them throws.
  void end(Cancellation cancellation, Interrupts whom) {
    Links top = cancelled(cancellation, whom);
    if (above != null) {
      above.remove(this);
    }
    // Lists of which the first one's `previous` is the next list: nothing must be allocated.
    Throwable thrown = null;
    while (top != null) {
      Links link = top;
      Links rest = link.previous;
      top = rest;
      if (link.next != null) {
        link.next.previous = rest;
        top = link.next;
      }
      link.next = null;
      link.previous = null;
      try {
        Links more = link.cancelled(cancellation, whom);
        if (more != null) {
          more.previous = top;
          top = more;
        }
      } catch (RuntimeException | Error e) {
        thrown = e; // no thread for an action
      }
    }
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  @Override
  @Nullable Links cancelled(Cancellation cancellation, Interrupts whom) {
    Links below;
    Registration unused;
    synchronized (this) {
      if (state != null) {
        return null;
      }
      state = cancellation;
      interrupts = whom;
      below = first;
      first = null;
      unused = timer;
      timer = null;
    }
    if (unused != null) {
      unused.stop();
    }
    return below;
  }
}
