package dev.groundhog.context.internal;

import dev.groundhog.context.Watch;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The descriptors that are watched, and the thread that waits for their events.
///
/// A descriptor has one watch. A server may close a connection before its watch is closed, and the
/// next connection may get the same number: so a watch only removes itself, and events carry a
/// number of their watch. A keep-alive connection may serve its next request before the watch of
/// the last one is closed: the newer takes its place.
public final class EpollWatches {
  private static final int IDLE_MILLIS = 10_000;

  private final Epoll epoll;
  private final Runnable atRest;
  private final ConcurrentHashMap<Integer, OfDescriptor> watches = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

  /// @param atRest called when nothing was watched for a while
  public EpollWatches(Epoll epoll, Runnable atRest) {
    this.epoll = epoll;
    this.atRest = atRest;
  }

  /// How many there are.
  public int size() {
    return watches.size();
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
    OfDescriptor watch = new OfDescriptor(descriptor, numbers.incrementAndGet(), gone);
    OfDescriptor watched =
        watches.compute(
            descriptor, (_, before) -> register(watch, events, isStill) ? watch : before);
    if (watched != watch) {
      return Watch.NONE;
    }
    if (!isStill.getAsBoolean()) {
      watch.close();
      return Watch.NONE;
    }
    if (watch.state.getAndSet(State.CERTAIN) == State.HUNG_UP) {
      epoll.modify(descriptor, events, watch.token());
    }
    if (thread.get() == null && !start()) {
      watch.close();
      return Watch.NONE;
    }
    return watch;
  }

  /// Where a watch exists, it may be of another connection if the descriptor is not that of ours
  /// any more: so that is asked before it is taken over.
  private boolean register(OfDescriptor watch, int events, BooleanSupplier isStill) {
    int error = epoll.add(watch.descriptor, events, watch.token());
    if (error == Epoll.EXISTS && isStill.getAsBoolean()) {
      error = epoll.modify(watch.descriptor, events, watch.token());
    }
    return error == 0;
  }

  /// @return false if the process may have no more threads
  private boolean start() {
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
        if (count == 0 && watches.isEmpty()) {
          // Whoever watches from here on starts another; who has just done so is kept.
          atRest.run();
          thread.set(null);
          if (watches.isEmpty() || !thread.compareAndSet(null, me)) {
            return;
          }
        }
      }
    }
  }

  private void event(long token, int events) {
    int number = (int) (token >>> Integer.SIZE);
    OfDescriptor watch = watches.get((int) token);
    if (watch == null || watch.number != number) {
      // Of a watch that has ended, or that is just being registered: this waits for it.
      watch = watches.computeIfPresent((int) token, (_, registered) -> registered);
    }
    if (watch != null
        && watch.number == number
        && !watch.state.compareAndSet(State.NEW, State.HUNG_UP)) {
      Gone.tell(watch.gone);
    }
  }

  private enum State {
    /// It may turn out that another connection has the descriptor: then nobody is told of it.
    NEW,
    /// Hung up while new: the kernel is asked to say so again if the descriptor is the right one.
    HUNG_UP,
    CERTAIN
  }

  private final class OfDescriptor implements Watch {
    final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    final int descriptor;
    final int number;
    final Runnable gone;

    OfDescriptor(int descriptor, int number, Runnable gone) {
      this.descriptor = descriptor;
      this.number = number;
      this.gone = gone;
    }

    long token() {
      return (long) number << Integer.SIZE | descriptor;
    }

    @Override
    public boolean isWatching() {
      return watches.get(descriptor) == this;
    }

    @Override
    public void close() {
      watches.computeIfPresent(
          descriptor,
          (_, watch) -> {
            if (watch != this) {
              return watch;
            }
            epoll.delete(descriptor);
            return null;
          });
    }
  }
}
