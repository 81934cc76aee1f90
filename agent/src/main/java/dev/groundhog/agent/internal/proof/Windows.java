package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.Proof;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import jdk.internal.vm.GroundhogThreads1;
import jdk.internal.vm.ThreadContainer;

/// The threads that one proof judges, by container. Between [#handOver] and [#close] nothing here
/// holds a thread, a container, or what stands in for its set. For one thread.
final class Windows {
  private static final int TRIES = 50;
  private static final long PAUSE_MILLIS = 100;

  /// The JDK's code may be about to use its own set when that is replaced.
  private static final long IN_FLIGHT_MILLIS = 20;

  private static final class Window {
    private final WeakReference<ThreadContainer> container;
    private final boolean isRoot;

    /// Empty until it is prepared.
    private Optional<GroundhogThreads1.Handed> handed = Optional.empty();

    Window(ThreadContainer container) {
      this.container = new WeakReference<>(container);
      isRoot = Containers.isRoot(container);
    }

    List<Thread> found() {
      return handed.map(GroundhogThreads1.Handed::found).orElse(List.of());
    }

    /// The container; of one that only leaked threads hold, by them.
    Optional<ThreadContainer> find(Containers containers) {
      ThreadContainer held = container.get();
      if (held != null) {
        return Optional.of(held);
      }
      return found().stream().findFirst().map(containers::of); // else nobody needs it
    }
  }

  private final Access jdk;
  private final List<Window> windows = new ArrayList<>();
  private final Subtasks subtasks;

  Windows(Access jdk) {
    this.jdk = jdk;
    subtasks = new Subtasks(jdk.scopes());
  }

  /// Makes a handle for each thread that is parked without a deadline and is `wanted`, by its id.
  void prepare(LongPredicate wanted) throws IOException, InterruptedException {
    Predicate<Thread> isWanted = thread -> jdk.isParked(thread) && wanted.test(thread.threadId());
    Predicate<Thread> isJudged =
        thread -> {
          boolean is = isWanted.test(thread);
          if (is) {
            subtasks.add(thread, isWanted);
          }
          return is;
        };
    List<ThreadContainer> containers = jdk.containers().replaceable();
    boolean isNew = false;
    for (ThreadContainer container : containers) {
      isNew |= jdk.containers().replace(container);
    }
    if (isNew) {
      Thread.sleep(IN_FLIGHT_MILLIS);
    }
    for (ThreadContainer container : containers) {
      Optional<GroundhogThreads1> threads = jdk.containers().standIn(container);
      if (threads.isPresent()) {
        Window window = new Window(container);
        windows.add(window); // before: whatever fails, it is closed
        window.handed = Optional.of(threads.get().prepare(isJudged));
      }
    }
  }

  /// How many threads have a handle.
  long size() {
    return subtasks.size()
        + windows.stream()
            .flatMap(window -> window.handed.stream())
            .mapToLong(GroundhogThreads1.Handed::size)
            .sum();
  }

  /// Leaves them to their handles.
  void handOver() throws IOException {
    for (Window window : windows) {
      ThreadContainer container = window.container.get();
      if (container != null) {
        jdk.containers().standIn(container).orElseThrow().handOver();
      }
    }
  }

  /// Those that a collection has not reached and that still wait, by their ids.
  Map<Long, Proof.Leaked> found() {
    Map<Long, Proof.Leaked> found = new HashMap<>();
    for (Window window : windows) {
      boolean isStranded = !window.isRoot && !window.container.refersTo(null);
      for (Thread thread : window.found()) {
        if (jdk.isParked(thread)) {
          found.put(thread.threadId(), new Proof.Leaked(thread, isStranded));
        }
      }
    }
    for (Thread thread : subtasks.found()) {
      Thread owner = jdk.containers().of(thread).owner();
      Proof.Leaked ofOwner = owner == null ? null : found.get(owner.threadId());
      if (ofOwner != null && jdk.isParked(thread)) {
        found.put(thread.threadId(), new Proof.Leaked(thread, ofOwner.isStranded()));
      }
    }
    return found;
  }

  /// Puts everything back. Where memory is short that is tried for some seconds, and else left to
  /// the next proof; the JDK finds all threads all the same.
  ///
  /// @return whether all is as it was
  boolean close() {
    subtasks.close();
    for (int tries = 0; tries < TRIES && !windows.isEmpty(); tries++) {
      try {
        while (!windows.isEmpty()) {
          close(windows.getLast());
          windows.removeLast();
        }
      } catch (OutOfMemoryError | IOException e) {
        pause();
      }
    }
    return windows.isEmpty();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(Window window) throws IOException {
    Optional<ThreadContainer> found = window.find(jdk.containers());
    if (found.isEmpty()) {
      return;
    }
    ThreadContainer container = found.get();
    boolean isForgotten = window.container.refersTo(null);
    jdk.containers().standIn(container).orElseThrow().close();
    if (isForgotten) {
      jdk.containers().register(container);
    }
    jdk.containers().terminateIfEmpty(container);
  }
}
