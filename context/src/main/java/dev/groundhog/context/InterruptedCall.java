package dev.groundhog.context;

import org.jspecify.annotations.Nullable;

/// A call that is interrupted when its context is cancelled, and never once it has ended.
final class InterruptedCall extends Links implements AutoCloseable {
  static final ScopedValue<InterruptedCall> CURRENT = ScopedValue.newInstance();

  private final Thread thread = Thread.currentThread();
  private final CancellableContext context;

  /// The call on the same thread within which this one runs.
  private final @Nullable InterruptedCall outer;

  /// Both are guarded by this object's lock, and so is the interrupt itself.
  private boolean ended;

  private boolean interrupted;

  private InterruptedCall(CancellableContext context, @Nullable InterruptedCall outer) {
    this.context = context;
    this.outer = outer;
  }

  static InterruptedCall begin(CancellableContext context) {
    InterruptedCall call = new InterruptedCall(context, onThisThread());
    if (context.add(call) != null && context.interrupts() != Interrupts.NOBODY) {
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
  @Nullable Links cancelled(Cancellation cancellation, Interrupts interrupts) {
    switch (interrupts) {
      case ALL -> interruptUnlessEnded();
      case OTHERS -> {
        if (thread != Thread.currentThread()) {
          interruptUnlessEnded();
        }
      }
      case NOBODY -> {}
    }
    return null;
  }

  private synchronized void interruptUnlessEnded() {
    if (!ended) {
      interrupted = true;
      thread.interrupt();
    }
  }

  /// From here on no interrupt comes. One of an outer call may have been taken away with this
  /// one's: it is given back.
  @Override
  public void close() {
    context.remove(this);
    if (end()) {
      Thread.interrupted();
      for (InterruptedCall call = outer; call != null; call = call.outer) {
        call.interruptAgain();
      }
    }
  }

  private synchronized boolean end() {
    ended = true;
    return interrupted;
  }

  private synchronized void interruptAgain() {
    if (interrupted) {
      thread.interrupt();
    }
  }
}
