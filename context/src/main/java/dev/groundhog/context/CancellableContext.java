package dev.groundhog.context;

import java.util.ArrayList;
import java.util.List;
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

  /// Set once, under this object's lock, which also guards the fields below.
  private volatile @Nullable Cancellation state;

  /// Of no meaning while there is no state. It may rise later: the deadline of a context may pass
  /// that has ended gently. At [Interrupts#ALL] the list belongs to whoever cancelled this; below
  /// that it holds the calls that are under way, and the contexts under which there are any.
  private Interrupts interrupts = Interrupts.NOBODY;

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
  /// cancellation counts; a later one changes nothing, but that it interrupts the calls that the
  /// end of a request has left at work.
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

  /// A timer that is of no use once nothing under this can be interrupted any more.
  void endsWith(Registration timer) {
    boolean late;
    synchronized (this) {
      this.timer = timer;
      late = state != null && interrupts != Interrupts.NOBODY;
    }
    if (late) {
      timer.stop();
    }
  }

  /// Tells `link` of the cancellation when it comes, or at once.
  Registration register(Links link) {
    Cancellation cancelled = add(link);
    if (cancelled != null) {
      link.cancelled(cancelled);
      return Registration.NONE;
    }
    return () -> remove(link);
  }

  /// Hangs `link` on this. A call may come also later, where the end interrupts nobody.
  ///
  /// @return the cancellation if it is too late for that
  @Nullable Cancellation add(Links link) {
    synchronized (this) {
      if (state == null) {
        hang(link);
        return null;
      }
      if (interrupts != Interrupts.NOBODY || !(link instanceof InterruptedCall)) {
        return state;
      }
      hang(link);
    }
    settle();
    return interrupts() == Interrupts.NEW ? state : null;
  }

  /// @return whether it still hung here
  boolean remove(Links link) {
    synchronized (this) {
      Cancellation ended = state;
      if ((ended != null && interrupts == Interrupts.ALL) || !hasHanging(link)) {
        return false;
      }
      unhang(link);
      if (ended == null || first != null) {
        return true;
      }
    }
    settle();
    return true;
  }

  /// Whether something hangs on this: what waits for its end, or may be interrupted.
  synchronized boolean isInUse() {
    return first != null;
  }

  private boolean isOver() {
    return state != null && interrupts == Interrupts.ALL;
  }

  @SuppressWarnings("ReferenceEquality") // a link, not a value
  private boolean hasHanging(Links link) {
    return link.previous != null || first == link;
  }

  private void hang(Links link) {
    link.next = first;
    if (first != null) {
      first.previous = link;
    }
    first = link;
  }

  private void unhang(Links link) {
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
  }

  /// Tells all below, whatever one of them throws.
  void end(Cancellation cancellation, Interrupts whom) {
    Throwable thrown =
        switch (whom) {
          case ALL -> cancelAll(cancellation);
          case NEW, NOBODY -> endGently(cancellation, whom);
        };
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  /// Tells one by one: a tree may be deep.
  private @Nullable Throwable cancelAll(Cancellation cancellation) {
    Links top = cancelled(cancellation);
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
        Links more = link.cancelled(cancellation);
        if (more != null) {
          more.previous = top;
          top = more;
        }
      } catch (RuntimeException | Error e) {
        thrown = e; // no thread for an action
      }
    }
    return thrown;
  }

  @Override
  @Nullable Links cancelled(Cancellation cancellation) {
    Links below;
    Registration unused;
    synchronized (this) {
      if (isOver()) {
        return null;
      }
      if (state == null) {
        state = cancellation;
      }
      interrupts = Interrupts.ALL;
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

  /// Ends this and all below it, and leaves the calls that are under way where they are: a deadline
  /// or an explicit cancellation that comes later is to find them. Whatever has none leaves.
  private @Nullable Throwable endGently(Cancellation cancellation, Interrupts whom) {
    List<CancellableContext> ended = new ArrayList<>(List.of(this));
    List<Links> actions = new ArrayList<>();
    for (int i = 0; i < ended.size(); i++) {
      ended.get(i).endedGently(cancellation, whom, ended, actions);
    }
    ended.reversed().forEach(CancellableContext::settle); // what is below others comes first
    Throwable thrown = null;
    for (Links action : actions) {
      try {
        action.cancelled(cancellation);
      } catch (RuntimeException | Error e) {
        thrown = e; // no thread for it
      }
    }
    return thrown;
  }

  /// @param contexts gets those that hang on this
  /// @param actions gets what hangs on this and only waits for its end
  private synchronized void endedGently(
      Cancellation cancellation,
      Interrupts whom,
      List<CancellableContext> contexts,
      List<Links> actions) {
    if (state != null && whom.compareTo(interrupts) <= 0) {
      return;
    }
    if (state == null) {
      state = cancellation;
    }
    interrupts = whom;
    Links link = first;
    while (link != null) {
      Links following = link.next;
      switch (link) {
        case InterruptedCall _ -> {}
        case CancellableContext context -> contexts.add(context);
        default -> {
          unhang(link);
          actions.add(link);
        }
      }
      link = following;
    }
  }

  /// After a gentle end this hangs on the one above as long as a call is under way here or below,
  /// and that one on the next one above.
  private void settle() {
    CancellableContext context = this;
    while (context != null) {
      context.stopIdleTimer();
      CancellableContext next = context.above;
      context = next != null && next.settle(context) ? next : null;
    }
  }

  /// @return whether this has ended gently and has come into use or out of it by that
  private boolean settle(CancellableContext child) {
    Cancellation cancellation;
    Interrupts whom;
    boolean hasChanged = false;
    synchronized (this) {
      if (!isOver()) {
        boolean wasInUse = first != null;
        hangIfInUse(child);
        hasChanged = state != null && wasInUse != (first != null);
      }
      cancellation = state;
      whom = interrupts;
    }
    if (cancellation != null && child.isToldLessThan(whom)) {
      child.end(cancellation, whom); // it did not hang here when this was told
    }
    return hasChanged;
  }

  /// Two locks are taken here alone: this one's and that of a child.
  private void hangIfInUse(CancellableContext child) {
    synchronized (child) {
      boolean isInUse = child.first != null && !child.isOver();
      if (isInUse && !hasHanging(child)) {
        hang(child);
      } else if (!isInUse && hasHanging(child)) {
        unhang(child);
      }
    }
  }

  private synchronized boolean isToldLessThan(Interrupts whom) {
    return interrupts.compareTo(whom) < 0;
  }

  private void stopIdleTimer() {
    Registration unused;
    synchronized (this) {
      if (first != null || interrupts != Interrupts.NEW) {
        return;
      }
      unused = timer;
      timer = null;
    }
    if (unused != null) {
      unused.stop();
    }
  }
}
