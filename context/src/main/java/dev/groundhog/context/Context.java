package dev.groundhog.context;

import dev.groundhog.mark.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// What a piece of work carries along: whether somebody still wants it, until when, and values that
/// belong to it. As Go's `context`, with Java's habits:
///
/// ```java
/// try (CancellableContext context = Context.current().withTimeout(Duration.ofSeconds(5))) {
///   return context.call(() -> answer(query));   // interrupted when the time is over
/// }
/// ```
///
/// Contexts form a tree. Cancelling one cancels all below it, and nothing else; one that has ended
/// leaves its parent at once. [#current] is the context under which a thread works: it is passed on
/// to structured scopes by the JDK, and to other threads by [#threadFactory] and [#executor].
///
/// All contexts are thread-safe. Cancelling never blocks on what is cancelled.
public sealed interface Context permits BaseContext, CancellableContext {

  /// The root: never cancelled, without a deadline and without values.
  static Context background() {
    return BaseContext.BACKGROUND;
  }

  /// The context under which the calling thread works, [#background] if there is none.
  static Context current() {
    return BaseContext.CURRENT.orElse(BaseContext.BACKGROUND);
  }

  /// A key of values of one type. Two keys are never equal, whatever their names.
  @SuppressWarnings("UnusedTypeParameter") // it says which values the key has
  final class Key<T> {
    private final String name;

    private Key(String name) {
      this.name = name;
    }

    /// @param name for people only
    public static <T> Key<T> named(String name) {
      return new Key<>(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /// A child that can be cancelled by itself.
  default CancellableContext withCancel() {
    CancellableContext above = BaseContext.canceller(this);
    return new CancellableContext(this, above == null ? Optional.empty() : above.ownDeadline());
  }

  /// A child that is cancelled when `time` is over, as [Cancellation.Reason#DEADLINE_EXCEEDED],
  /// whatever happens to the clock of the day.
  default CancellableContext withTimeout(Duration time) {
    return Deadlines.child(this, Deadline.after(time));
  }

  /// A child that is cancelled at `deadline`, as [Cancellation.Reason#DEADLINE_EXCEEDED]. A later
  /// deadline than its parent's changes nothing.
  default CancellableContext withDeadline(Instant deadline) {
    return Deadlines.child(this, Deadline.at(deadline));
  }

  /// A child in which `key` has `value`.
  default <T> Context withValue(Key<T> key, T value) {
    return new BaseContext.Valued(this, key, value);
  }

  /// A child with this one's values that is not cancelled when this one is, and has no deadline.
  default Context withoutCancel() {
    return new BaseContext.Uncancelled(this);
  }

  /// The value of `key` here, else in the nearest context above that has one.
  <T> Optional<T> value(Key<T> key);

  /// When this context will be cancelled at the latest.
  default Optional<Instant> deadline() {
    CancellableContext canceller = BaseContext.canceller(this);
    return canceller == null ? Optional.empty() : canceller.ownDeadline().map(Deadline::instant);
  }

  /// How this context was cancelled; empty while it is not.
  default Optional<Cancellation> cancellation() {
    CancellableContext canceller = BaseContext.canceller(this);
    return canceller == null ? Optional.empty() : canceller.ownCancellation();
  }

  default boolean isCancelled() {
    CancellableContext canceller = BaseContext.canceller(this);
    return canceller != null && canceller.state() != null;
  }

  /// For code that polls.
  ///
  /// @throws ContextException if this context is cancelled
  default void throwIfCancelled() {
    cancellation()
        .ifPresent(cancellation -> {
          throw new ContextException(cancellation);
        });
  }

  /// Completes with the cancellation once this context is cancelled, on a virtual thread; never if
  /// it cannot be. What is made of the stage is held until this context ends: prefer [#onCancel],
  /// which can be taken back, where there is much of it.
  default CompletionStage<Cancellation> done() {
    CancellableContext canceller = BaseContext.canceller(this);
    return canceller == null
        ? new CompletableFuture<Cancellation>().minimalCompletionStage()
        : canceller.ownDone();
  }

  /// Runs `action` once this context is cancelled, on a virtual thread of its own and with the
  /// labels that the calling thread has now; at once if it is already. What the action throws goes
  /// to that thread's handler of uncaught exceptions.
  ///
  /// @return takes it back
  default Registration onCancel(Runnable action) {
    Objects.requireNonNull(action);
    CancellableContext canceller = BaseContext.canceller(this);
    return canceller == null ? Registration.NONE : canceller.register(new Links.Action(action));
  }

  /// Closes `resource` once this context is cancelled, for calls that no interrupt ends, such as a
  /// platform thread's read of a socket: these end with an exception when the socket is closed.
  /// What closing throws is dropped.
  ///
  /// @return takes it back; the resource is not closed then
  default Registration closeOnCancel(AutoCloseable resource) {
    Objects.requireNonNull(resource);
    return onCancel(() -> Processes.closeQuietly(resource));
  }

  /// Ends `process`, and all that it started, once this context is cancelled. They are asked to end
  /// (SIGTERM); what is left after `grace` is killed.
  ///
  /// Limits: found are its descendants at that moment, if it is alive itself. One whose parent has
  /// ended before, as `setsid` makes them, is nobody's descendant any more; it may hold the pipe
  /// that you read from.
  ///
  /// @return takes it back
  default Registration destroyOnCancel(Process process, Duration grace) {
    Objects.requireNonNull(process);
    Objects.requireNonNull(grace);
    return onCancel(() -> Processes.end(process, grace));
  }

  /// Runs `body` with this context as the current one, on the calling thread, and interrupts the
  /// thread if this context is cancelled meanwhile; if it is cancelled already, `body` begins
  /// interrupted.
  ///
  /// **No interrupt of this context reaches what comes after**: when this method returns, none is
  /// pending and none will come, also if cancelling and the end of `body` fall together. The price:
  /// an interrupt from elsewhere that comes during `body` in addition to this context's is dropped
  /// with it. An interrupt from elsewhere alone is left as it is.
  ///
  /// Within a call of a context that is not above this one, `body` is not interrupted for that
  /// other one: its interrupt is put off until `body` has ended. So
  /// `context.withoutCancel().call(…)` is the way to clean up after a cancellation.
  ///
  /// An interrupt closes a `java.nio` channel that the thread reads or writes; where that would
  /// hurt, don't run the work by this method, and end it with [#onCancel].
  default <T extends @Nullable Object, X extends Throwable> T call(
      ScopedValue.CallableOp<? extends T, X> body) throws X {
    ScopedValue.Carrier here = ScopedValue.where(BaseContext.CURRENT, this);
    CancellableContext canceller = BaseContext.canceller(this);
    return InterruptedCall.apart(
        this,
        () -> {
          if (canceller == null) {
            return here.call(body);
          }
          try (InterruptedCall call = InterruptedCall.begin(canceller)) {
            return here.where(InterruptedCall.CURRENT, call).call(body);
          }
        });
  }

  /// As [#call], without a result.
  default void run(Runnable body) {
    call(() -> {
      body.run();
      return this;
    });
  }

  /// A factory whose threads run under this context, as [#call], with the labels of the thread that
  /// calls this method.
  default ThreadFactory threadFactory(ThreadFactory threads) {
    Labels labels = Labels.current();
    return labels.factory(task -> threads.newThread(() -> run(task)));
  }

  /// An executor whose tasks run on `executor` under this context, as [#call], each with the labels
  /// of the thread that hands it in. Shutting it down, or closing it, concerns the tasks that were
  /// handed to it, and leaves `executor` as it is.
  default ExecutorService executor(ExecutorService executor) {
    return new ContextExecutor(this, executor);
  }
}
