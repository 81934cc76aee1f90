package dev.groundhog.context;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A context that can be cancelled. Whoever makes one ends it, with [#cancel()] or [#close], also
/// when the work went well: until then its parent holds it.
public final class CancellableContext extends Links implements Context, AutoCloseable {
  private final Context parent;
  private final @Nullable CancellableContext above;
  private final Optional<Instant> deadline;

  /// Set once, under this object's lock, which also guards the fields below. From then on the list
  /// belongs to whoever cancelled this.
  private volatile @Nullable Cancellation state;

  private @Nullable Links first;

  private @Nullable Registration timer;

  CancellableContext(Context parent, Optional<Instant> deadline) {
    this.parent = parent;
    this.above = parent.canceller();
    this.deadline = deadline;
    if (above != null) {
      Cancellation cancelled = above.add(this);
      if (cancelled != null) {
        end(cancelled);
      }
    }
  }

  /// Cancels this context and all below it, as [Cancellation.Reason#CANCELLED]. The first
  /// cancellation counts; a later one changes nothing.
  public void cancel() {
    end(Cancellation.CANCELLED);
  }

  /// As [#cancel()], and says why.
  public void cancel(Throwable cause) {
    end(new Cancellation(Cancellation.Reason.CANCELLED, Optional.of(cause)));
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
  public CancellableContext canceller() {
    return this;
  }

  @Override
  public String toString() {
    Cancellation cancellation = state;
    return parent + ".withCancel" + (cancellation == null ? "" : "(" + cancellation.reason() + ")");
  }

  Context parent() {
    return parent;
  }

  @Nullable Cancellation state() {
    return state;
  }

  Optional<Cancellation> ownCancellation() {
    return Optional.ofNullable(state);
  }

  Optional<Instant> ownDeadline() {
    return deadline;
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
      link.cancelled(cancelled);
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

  /// Tells all below, one by one: a tree may be deep.
  void end(Cancellation cancellation) {
    Links below = cancelled(cancellation);
    if (above != null) {
      above.remove(this);
    }
    if (below == null) {
      return;
    }
    ArrayDeque<Links> told = new ArrayDeque<>();
    told.push(below);
    while (!told.isEmpty()) {
      Links link = told.pop();
      if (link.next != null) {
        told.push(link.next);
      }
      link.next = null;
      link.previous = null;
      Links more = link.cancelled(cancellation);
      if (more != null) {
        told.push(more);
      }
    }
  }

  @Override
  @Nullable Links cancelled(Cancellation cancellation) {
    Links below;
    Registration unused;
    synchronized (this) {
      if (state != null) {
        return null;
      }
      state = cancellation;
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
