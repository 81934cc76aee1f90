package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.Proof;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jdk.internal.vm.GroundhogThreads1;
import jdk.internal.vm.ThreadContainer;
import org.jspecify.annotations.Nullable;

/// The threads that are judged together, by container. Between [#handOver] and [#close] nothing
/// here holds a thread, a container, or what stands in for its set. For one thread.
final class Windows {
  private static final int TRIES = 50;
  private static final long PAUSE_MILLIS = 100;

  /// The JDK's code may be about to use its own set when that is replaced. Who comes later all the
  /// same is not seen by others until [#close].
  static final long IN_FLIGHT_MILLIS = 20;

  /// Which lists keep no thread alive while a collection judges.
  enum Cut {
    /// That of all threads, and those of executors: the collection finds who goes on without a
    /// shutdown.
    ALL,

    /// That of all threads alone: the collection finds who goes on if any executor that can be
    /// reached is shut down.
    ROOT
  }

  /// @param leaked by their ids
  /// @param hasStranded whether a thread of an executor that is reached was not reached, be it that
  ///   it has gone on since
  record Found(Map<Long, Proof.Leaked> leaked, boolean hasStranded) {}

  private final Access jdk;

  /// Of each container that was prepared.
  private final ArrayList<GroundhogThreads1.Handed> windows = new ArrayList<>();

  Windows(Access jdk) {
    this.jdk = jdk;
  }

  /// Makes a handle for each thread that is parked without a deadline and is `wanted`, for one
  /// proof. The others are held.
  void prepare(Cut cut, Predicate<Thread> wanted) throws IOException, InterruptedException {
    prepare(jdk.containers().replaceable(), cut, false, wanted);
  }

  /// As [#prepare], to stay so in place of those of `before`, whose handles are used again.
  void prepareInPlaceOf(Windows before, Cut cut, Predicate<Thread> wanted)
      throws IOException, InterruptedException {
    Set<ThreadContainer> containers = new LinkedHashSet<>();
    for (GroundhogThreads1.Handed window : before.windows) {
      ThreadContainer container = container(window);
      if (container != null) {
        if (isForgotten(window)) {
          jdk.containers().register(container);
        }
        containers.add(container); // it may be closed by now
      }
    }
    containers.addAll(jdk.containers().replaceable());
    prepare(containers, cut, true, wanted);
  }

  private void prepare(
      Collection<ThreadContainer> containers, Cut cut, boolean isStanding, Predicate<Thread> wanted)
      throws IOException, InterruptedException {
    Predicate<Thread> isJudged = thread -> jdk.isParked(thread) && wanted.test(thread);
    boolean isNew = false;
    for (ThreadContainer container : containers) {
      isNew |= jdk.containers().replace(container);
    }
    if (isNew) {
      Thread.sleep(IN_FLIGHT_MILLIS);
    }
    windows.ensureCapacity(containers.size()); // whatever was prepared has to be closed
    for (ThreadContainer container : containers) {
      Optional<GroundhogThreads1> found = jdk.containers().standIn(container);
      if (found.isPresent()) {
        GroundhogThreads1 threads = found.get();
        if (!threads.isEmpty()) {
          windows.add(
              cut == Cut.ALL || Containers.isRoot(container)
                  ? threads.prepare(container, isStanding, isJudged)
                  : threads.watch(container, isJudged));
        } else if (threads.isOpen()) {
          threads.close();
        }
        jdk.containers().terminateIfEmpty(container); // if its last thread has left unseen
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
      ThreadContainer container = container(window);
      if (container != null) {
        standIn(container).handOver();
      }
    }
  }

  /// Null once it is closed.
  private static @Nullable ThreadContainer container(GroundhogThreads1.Handed window) {
    return (ThreadContainer) window.holder();
  }

  private GroundhogThreads1 standIn(ThreadContainer container) throws IOException {
    return jdk.containers().standIn(container).orElseThrow();
  }

  /// Those that a collection has not reached and that still wait, with the threads of their scopes
  /// that do, by their ids.
  ///
  /// @param wanted which of the threads of scopes
  Found found(Predicate<Thread> wanted) {
    Map<Long, Proof.Leaked> found = new HashMap<>();
    boolean hasStranded = false;
    for (GroundhogThreads1.Handed window : windows) {
      ThreadContainer container = container(window);
      if (container == null) {
        continue;
      }
      boolean isStranded = !Containers.isRoot(container) && !window.isHolderFound();
      hasStranded |= isStranded && window.hasFound();
      window.found().forEach(thread -> add(thread, isStranded, wanted, found));
    }
    return new Found(found, hasStranded);
  }

  private void add(
      Thread thread, boolean isStranded, Predicate<Thread> wanted, Map<Long, Proof.Leaked> found) {
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

  /// Puts everything back. Where memory is short that is tried for some seconds, and else left to
  /// the next proof; the JDK finds all threads all the same.
  ///
  /// @return whether all is as it was
  boolean close() {
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

  /// The JDK's list of executors is a weak one. One that has no threads and that nobody holds is
  /// garbage.
  private static boolean isForgotten(GroundhogThreads1.Handed window) {
    return window.isHolderFound() && window.size() > 0;
  }

  private void close(GroundhogThreads1.Handed window) throws IOException {
    ThreadContainer container = container(window);
    if (container == null) {
      return;
    }
    boolean isForgotten = isForgotten(window);
    standIn(container).close();
    if (isForgotten) {
      jdk.containers().register(container);
    }
    jdk.containers().terminateIfEmpty(container);
  }
}
