package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.Proof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import jdk.internal.vm.GroundhogThreads1;
import jdk.internal.vm.ThreadContainer;

/// The threads that are judged together, by container. Between [#handOver] and [#close] nothing
/// here holds a thread, a container, or what stands in for its set. For one thread.
final class Windows {
  private static final int TRIES = 50;
  private static final long PAUSE_MILLIS = 100;

  /// The JDK's code may be about to use its own set when that is replaced. Who comes later all the
  /// same is not seen by others until [#close].
  private static final long IN_FLIGHT_MILLIS = 20;

  private final Access jdk;

  /// Of each container that was prepared.
  private final ArrayList<GroundhogThreads1.Handed> windows = new ArrayList<>();

  Windows(Access jdk) {
    this.jdk = jdk;
  }

  /// Makes a handle for each thread that is parked without a deadline and is `wanted`. The others
  /// are held.
  void prepare(Predicate<Thread> wanted) throws IOException, InterruptedException {
    Predicate<Thread> isJudged = thread -> jdk.isParked(thread) && wanted.test(thread);
    List<ThreadContainer> containers = jdk.containers().replaceable();
    boolean isNew = false;
    for (ThreadContainer container : containers) {
      isNew |= jdk.containers().replace(container);
    }
    if (isNew) {
      Thread.sleep(IN_FLIGHT_MILLIS);
    }
    windows.ensureCapacity(containers.size()); // whatever was prepared has to be closed
    for (ThreadContainer container : containers) {
      Optional<GroundhogThreads1> threads = jdk.containers().standIn(container);
      if (threads.isPresent() && !threads.get().isEmpty()) {
        windows.add(threads.get().prepare(container, isJudged));
      }
    }
  }

  /// How many threads have a handle.
  long size() {
    return windows.stream().mapToLong(GroundhogThreads1.Handed::size).sum();
  }

  /// Leaves them to their handles.
  void handOver() throws IOException {
    for (GroundhogThreads1.Handed window : windows) {
      standIn(container(window)).handOver();
    }
  }

  private static ThreadContainer container(GroundhogThreads1.Handed window) {
    return (ThreadContainer) window.holder();
  }

  private GroundhogThreads1 standIn(ThreadContainer container) throws IOException {
    return jdk.containers().standIn(container).orElseThrow();
  }

  /// Those that a collection has not reached and that still wait, with the threads of their scopes
  /// that do, by their ids.
  ///
  /// @param wanted which of the threads of scopes
  Map<Long, Proof.Leaked> found(Predicate<Thread> wanted) {
    Map<Long, Proof.Leaked> found = new HashMap<>();
    for (GroundhogThreads1.Handed window : windows) {
      boolean isStranded = !Containers.isRoot(container(window)) && !window.isHolderFound();
      for (Thread thread : window.found()) {
        if (jdk.isParked(thread)) {
          found.put(thread.threadId(), new Proof.Leaked(thread, isStranded));
          jdk.subtasks()
              .each(
                  thread,
                  subtask -> {
                    if (jdk.isParked(subtask) && wanted.test(subtask)) {
                      found.put(subtask.threadId(), new Proof.Leaked(subtask, isStranded));
                    }
                  });
        }
      }
    }
    return found;
  }

  /// Puts everything back. Where memory is short that is tried for some seconds, and else left to
  /// the next proof; the JDK finds all threads all the same.
  ///
  /// @param keepsHandles whether they are used again
  /// @return whether all is as it was
  boolean close(boolean keepsHandles) {
    for (int tries = 0; tries < TRIES && !windows.isEmpty(); tries++) {
      try {
        while (!windows.isEmpty()) {
          close(windows.getLast(), keepsHandles);
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

  private void close(GroundhogThreads1.Handed window, boolean keepsHandles) throws IOException {
    ThreadContainer container = container(window);
    boolean isForgotten = window.isHolderFound() && window.size() > 0;
    standIn(container).close(keepsHandles);
    if (isForgotten) {
      jdk.containers().register(container);
    }
    jdk.containers().terminateIfEmpty(container);
  }
}
