package dev.groundhog.context;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call that is interrupted when its context is cancelled, and never once it has ended.
final class InterruptedCall extends Links implements AutoCloseable {
  static final ScopedValue<InterruptedCall> CURRENT = ScopedValue.newInstance();

  private final Thread thread = Thread.currentThread();

  private final CancellableContext context;

  /// The call on the same thread within which this one runs.
  private final @Nullable InterruptedCall outer;

  /// All are guarded by this object's lock, and so is the interrupt itself.
  private boolean ended;

  private boolean interrupted;

  /// By somebody else, before this call, and not yet taken by its body when this one's came.
  private boolean pending = thread.isInterrupted();

  /// While above 0 an interrupt is put off, and then is due.
  private int shields;

  private boolean due;

  private InterruptedCall(CancellableContext context, @Nullable InterruptedCall outer) {
    this.context = context;
    this.outer = outer;
  }

  static InterruptedCall begin(CancellableContext context) {
    InterruptedCall call = new InterruptedCall(context, onThisThread());
    if (context.add(call) != null) {
      call.interruptUnlessEnded();
    }
    return call;
  }

  /// A structured scope passes the value on to other threads: their calls are not within it.
  static @Nullable InterruptedCall onThisThread() {
    InterruptedCall call = CURRENT.isBound() ? CURRENT.get() : null;
    return call != null && call.thread == Thread.currentThread() ? call : null;
  }

  @Override
  @Nullable Links cancelled(Cancellation cancellation) {
    interruptUnlessEnded();
    return null;
  }

  private synchronized void interruptUnlessEnded() {
    if (!ended) {
      interrupted = true;
      due = shields > 0;
      if (!due) {
        interrupt();
      }
    }
  }

  private void interrupt() {
    pending &= thread.isInterrupted();
    thread.interrupt();
  }

  /// From here on no interrupt comes. One of an outer call may have been taken away with this
  /// one's, or one that was pending before: it is given back.
  @Override
  public void close() {
    context.remove(this);
    if (end()) {
      if (Thread.interrupted() && pending) {
        thread.interrupt();
      }
      for (InterruptedCall call = outer; call != null; call = call.outer) {
        call.interruptAgain();
      }
    }
  }

  private synchronized boolean end() {
    ended = true;
    return interrupted;
  }

  /// Nothing was taken away from one that is shielded.
  private synchronized void interruptAgain() {
    if (interrupted && shields == 0) {
      thread.interrupt();
    }
  }

  /// Runs `body`, which works under `context`: interrupts of calls under contexts that are not
  /// above it are put off meanwhile, and one that is pending.
  static <T extends @Nullable Object, X extends Throwable> T apart(
      Context context, ScopedValue.CallableOp<? extends T, X> body) throws X {
    List<InterruptedCall> foreign = new ArrayList<>();
    for (InterruptedCall call = onThisThread(); call != null; call = call.outer) {
      if (!call.context.isAbove(context)) {
        foreign.add(call);
      }
    }
    if (foreign.isEmpty()) {
      return body.call();
    }
    foreign.forEach(InterruptedCall::shield);
    boolean pending = Thread.interrupted();
    try {
      return body.call();
    } finally {
      if (pending) {
        Thread.currentThread().interrupt();
      }
      foreign.forEach(InterruptedCall::unshield);
    }
  }

  private synchronized void shield() {
    shields++;
  }

  private synchronized void unshield() {
    shields--;
    if (shields == 0 && due) {
      due = false;
      interrupt();
    }
  }
}
