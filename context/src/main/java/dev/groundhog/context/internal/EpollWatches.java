package dev.groundhog.context.internal;

import dev.groundhog.context.Watch;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The descriptors that are watched, and the thread that waits for their events.
///
/// A server may close a connection before its watch is closed, and the next connection may get the
/// same number: so a watch only removes itself, and events carry a number of their watch. A
/// connection may have several watches, as when its next request begins before the watch of the
/// last one is closed, or when one handler watches within another: they form a chain, of which the
/// newest is registered, and all are told.
public final class EpollWatches {
  private static final int IDLE_MILLIS = 10_000;

  /// So many watches of one connection are kept, of a server that closes none.
  private static final int MAX_OF_ONE = 8;

  private final Epoll epoll;
  private final Runnable atRest;

  /// The newest of each descriptor. Chains change within this map's computations only.
  private final ConcurrentHashMap<Integer, OfDescriptor> watches = new ConcurrentHashMap<>();

  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
  private volatile boolean broken;

  /// @param atRest called when nothing was watched for a while
  public EpollWatches(Epoll epoll, Runnable atRest) {
    this.epoll = epoll;
    this.atRest = atRest;
  }

  public boolean isWatched(int descriptor) {
    return watches.containsKey(descriptor);
  }

  /// Calls `gone` when the peer of `descriptor` hangs up; also when only its output ends, with
  /// `orOutputEnds`.
  ///
  /// @param isStill whether the descriptor is still that of the connection that is meant, asked
  ///   once it is watched
  public Watch watch(int descriptor, boolean orOutputEnds, Runnable gone, BooleanSupplier isStill) {
    int events = orOutputEnds ? Epoll.READ_HANG_UP : 0;
    OfDescriptor watch = new OfDescriptor(descriptor, events, numbers.incrementAndGet(), gone);
    OfDescriptor watched =
        watches.compute(descriptor, (_, before) -> register(watch, before, isStill));
    if (watched != watch) {
      return Watch.NONE;
    }
    if (!isStill.getAsBoolean() || (thread.get() == null && !start())) {
      watch.close();
      return Watch.NONE;
    }
    watch.becomeCertain();
    return watch;
  }

  /// Where a watch exists, it may be of another connection if the descriptor is not that of ours
  /// any more: so that is asked before it is taken over.
  ///
  /// @return the newest watch of the descriptor
  private @Nullable OfDescriptor register(
      OfDescriptor watch, @Nullable OfDescriptor before, BooleanSupplier isStill) {
    int error = epoll.add(watch.descriptor, watch.events, watch.token());
    if (error == 0) {
      if (before != null) {
        before.endChain(); // of a connection that was closed
      }
      return watch;
    }
    if (error == Epoll.EXISTS && isStill.getAsBoolean()) {
      watch.outer = before;
      watch.cutChain(MAX_OF_ONE);
      if (arm(watch) == 0) {
        return watch;
      }
    }
    return before;
  }

  /// Asks the kernel for what those of the chain who are not told yet wait for.
  ///
  /// @return 0, or the error's number
  private int arm(OfDescriptor newest) {
    int events = 0;
    for (OfDescriptor watch = newest; watch != null; watch = watch.outer) {
      events |= watch.isOpen() ? watch.events : 0;
    }
    return epoll.modify(newest.descriptor, events, newest.token());
  }

  /// @return false if the process may have no more threads, or the kernel's side is lost
  private boolean start() {
    if (broken) {
      return false;
    }
    Thread waiting =
        Thread.ofPlatform()
            .daemon()
            .name("groundhog-disconnects")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::loop);
    waiting.setContextClassLoader(null);
    if (thread.compareAndSet(null, waiting)) {
      try {
        waiting.start();
      } catch (OutOfMemoryError _) {
        thread.set(null);
        return false;
      }
    }
    return true;
  }

  private void loop() {
    Thread me = Thread.currentThread();
    try (Epoll.Events events = epoll.new Events()) {
      while (true) {
        int count = events.await(IDLE_MILLIS, this::event);
        if (count < 0 && count != -Epoll.INTERRUPTED) {
          broken = true; // somebody closed the descriptor of epoll
          watches.values().forEach(OfDescriptor::endChain);
          return;
        }
        if (count == 0 && watches.isEmpty()) {
          // Whoever watches from here on starts another; who has just done so is kept.
          atRest.run();
          thread.set(null);
          if (watches.isEmpty() || !thread.compareAndSet(null, me)) {
            return;
          }
        }
      }
    } finally {
      thread.compareAndSet(me, null);
    }
  }

  private void event(long token, int events) {
    int number = (int) (token >>> Integer.SIZE);
    OfDescriptor newest = watches.get((int) token);
    if (newest == null || newest.number != number) {
      // Of a watch that has ended, or that is just being registered: this waits for it.
      newest = watches.computeIfPresent((int) token, (_, registered) -> registered);
    }
    if (newest == null || newest.number != number) {
      return;
    }
    boolean isLeft = false;
    for (OfDescriptor watch = newest; watch != null; watch = watch.outer) {
      if ((events & (Epoll.HANG_UP | Epoll.ERROR | watch.events)) != 0) {
        watch.hungUp();
      } else {
        isLeft |= watch.isOpen();
      }
    }
    if (isLeft) {
      watches.computeIfPresent(
          (int) token,
          (_, now) -> {
            arm(now);
            return now;
          });
    }
  }

  private enum State {
    /// It may turn out that another connection has the descriptor: then nobody is told of it.
    NEW,
    /// Hung up while new: the kernel is asked to say so again if the descriptor is the right one.
    HUNG_UP,
    CERTAIN,
    TOLD,
    ENDED
  }

  private final class OfDescriptor implements Watch {
    final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    final int descriptor;
    final int events;
    final int number;
    final Runnable gone;

    /// An older one of the same connection.
    volatile @Nullable OfDescriptor outer;

    OfDescriptor(int descriptor, int events, int number, Runnable gone) {
      this.descriptor = descriptor;
      this.events = events;
      this.number = number;
      this.gone = gone;
    }

    long token() {
      return (long) number << Integer.SIZE | descriptor;
    }

    boolean isOpen() {
      return switch (state.get()) {
        case NEW, HUNG_UP, CERTAIN -> true;
        case TOLD, ENDED -> false;
      };
    }

    @Override
    public boolean isWatching() {
      return state.get() != State.ENDED;
    }

    void becomeCertain() {
      if (!state.compareAndSet(State.NEW, State.CERTAIN)
          && state.compareAndSet(State.HUNG_UP, State.CERTAIN)) {
        watches.computeIfPresent(
            descriptor,
            (_, newest) -> {
              if (newest.chainHas(this)) {
                arm(newest);
              }
              return newest;
            });
      }
    }

    void hungUp() {
      if (!state.compareAndSet(State.NEW, State.HUNG_UP)
          && state.compareAndSet(State.CERTAIN, State.TOLD)) {
        Gone.tell(gone);
      }
    }

    boolean chainHas(OfDescriptor wanted) {
      OfDescriptor watch = this;
      while (watch != null && watch != wanted) {
        watch = watch.outer;
      }
      return watch != null;
    }

    void endChain() {
      for (OfDescriptor watch = this; watch != null; watch = watch.outer) {
        watch.state.set(State.ENDED);
      }
    }

    void cutChain(int length) {
      OfDescriptor last = this;
      for (int i = 1; i < length && last != null; i++) {
        last = last.outer;
      }
      if (last != null && last.outer != null) {
        last.outer.endChain();
        last.outer = null;
      }
    }

    @Override
    public void close() {
      state.set(State.ENDED);
      watches.computeIfPresent(
          descriptor, (_, newest) -> newest == this ? removed() : without(newest));
    }

    /// @return the next older one, registered in this one's place
    private @Nullable OfDescriptor removed() {
      OfDescriptor next = outer;
      if (next == null) {
        epoll.delete(descriptor);
      } else {
        arm(next);
      }
      return next;
    }

    private OfDescriptor without(OfDescriptor newest) {
      for (OfDescriptor watch = newest; watch != null; watch = watch.outer) {
        if (watch.outer == this) {
          watch.outer = outer;
        }
      }
      return newest;
    }
  }
}
