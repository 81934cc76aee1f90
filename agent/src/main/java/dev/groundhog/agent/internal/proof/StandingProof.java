package dev.groundhog.agent.internal.proof;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.groundhog.endpoint.Proof;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/// Lets the collections that this JVM makes anyway judge who has waited for long. From one [#round]
/// to the next the threads that were parked at the last two of them, without a deadline, are left
/// to their handles. For one thread.
///
/// A collection of the program's own choice differs from one that is asked for in three ways:
///
/// - Objects with finalizers are not held meanwhile, so that one which only such an object can wake
///   looks leaked. What was found counts only if no such object was found since the round before.
/// - It may look at young objects alone, or mark while the program runs. It reaches no less for
///   that, and may find less. A handle that is as old as its thread is found soonest, so that they
///   are used again from round to round.
/// - Whom only a stranded thread reaches is stranded too. So who was found stranded is held from
///   then on, and who was found together with one is not told before it is found again: with none
///   that is stranded too, or with such alone as were not found the first time, whom nothing that
///   was found then can be reached by. Who is not found again by two whole collections is told as
///   stranded, and all are judged anew.
final class StandingProof {
  /// So many [Collector#oldCollections] are two whole ones that began since, of each collector.
  private static final int WHOLE = 6;

  private final Access jdk;

  /// The last ones that are handed over, and those that are about to take their place.
  private final Deque<Windows> open = new ArrayDeque<>();

  /// The ids of those that were parked at the last round, in order.
  private long[] parked = new long[0];

  /// What was told of those that still wait, by id.
  private final Map<Long, Told> told = new HashMap<>();

  /// Who was found stranded and is held.
  private final Set<Long> held = new HashSet<>();

  /// Who was found together with a stranded one.
  private final Set<Long> pending = new HashSet<>();

  /// [Collector#oldCollections] when all were judged anew last.
  private long began;

  /// How often that was.
  private long cycle;

  /// @param cycle when that was found last
  private record Told(boolean isStranded, long cycle) {}

  StandingProof(Access jdk) {
    this.jdk = jdk;
  }

  /// What collections have proven since the last round and was not told yet. It must not be kept:
  /// what is held is not judged.
  ///
  /// @throws IOException if the JVM is out of memory, or differs from what is known of it
  Proof round() throws IOException, InterruptedException {
    Map<Long, Proof.Leaked> fresh = new HashMap<>();
    if (!open.isEmpty()) {
      Map<Long, Proof.Leaked> found = open.getLast().found(_ -> true);
      if (!found.isEmpty() && jdk.finalizers().haveBeenIdle()) {
        judge(found, fresh);
      }
    }
    boolean isDone = false;
    try {
      judgeLater(fresh);
      isDone = true;
    } finally {
      if (!isDone) {
        close();
      }
    }
    return Proof.ofOrdinary(fresh);
  }

  private void judge(Map<Long, Proof.Leaked> found, Map<Long, Proof.Leaked> fresh) {
    Set<Long> stranded = new HashSet<>();
    found.forEach((id, leaked) -> {
      if (leaked.isStranded()) {
        stranded.add(id);
      }
    });
    boolean areAllHeld = stranded.isEmpty();
    boolean areNew = Collections.disjoint(stranded, pending);
    held.addAll(stranded);
    pending.removeAll(stranded);
    found.forEach((id, leaked) -> {
      if (leaked.isStranded() || areAllHeld || (areNew && pending.contains(id))) {
        pending.remove(id);
        tell(id, leaked, fresh);
      } else {
        pending.add(id);
      }
    });
  }

  private void tell(long id, Proof.Leaked leaked, Map<Long, Proof.Leaked> fresh) {
    Told before = told.put(id, new Told(leaked.isStranded(), cycle));
    if (before == null || before.isStranded != leaked.isStranded()) {
      fresh.put(id, leaked);
    }
  }

  /// Hands over who has waited since the last round, but for those that are to be held.
  private void judgeLater(Map<Long, Proof.Leaked> fresh) throws IOException, InterruptedException {
    boolean isWhole = Collector.oldCollections() - began >= WHOLE;
    LongStream.Builder now = LongStream.builder();
    Windows windows = new Windows(jdk);
    Windows before = open.isEmpty() ? new Windows(jdk) : open.getLast();
    open.add(windows);
    jdk.finalizers().watch(); // before it is seen which handles are used up
    windows.prepareInPlaceOf(
        before,
        thread -> {
          long id = thread.threadId();
          now.add(id);
          if (told.containsKey(id)) {
            jdk.subtasks().each(thread, subtask -> now.add(subtask.threadId()));
          }
          if (isWhole && pending.contains(id)) {
            tell(id, new Proof.Leaked(thread, true), fresh);
          }
          return Arrays.binarySearch(parked, id) >= 0 && (isWhole || !held.contains(id));
        });
    parked = now.build().sorted().toArray();
    if (isWhole) {
      held.clear();
      pending.clear();
      began = Collector.oldCollections();
      cycle++;
      told.values().removeIf(each -> each.isStranded && each.cycle < cycle - 1);
    }
    LongPredicate isGone = id -> Arrays.binarySearch(parked, id) < 0;
    told.keySet().removeIf(isGone::test);
    held.removeIf(isGone::test);
    pending.removeIf(isGone::test);
    windows.handOver();
    while (open.size() > 1) {
      open.removeFirst();
    }
  }

  /// What is known of those that wait still, by id: whether they are stranded. A stranded one may
  /// have been interrupted since, and wait for something else.
  Map<Long, Boolean> told() {
    return told.entrySet().stream()
        .collect(toUnmodifiableMap(Map.Entry::getKey, each -> each.getValue().isStranded));
  }

  /// Who is not waiting any more as it was, whatever the collector said.
  void forget(long id) {
    told.remove(id);
  }

  /// Judges nobody until the next round.
  ///
  /// @throws IOException if the JVM is out of memory: try again
  void close() throws IOException {
    while (!open.isEmpty()) {
      if (!open.getLast().close()) {
        throw new IOException("this JVM is out of memory: a proof needs some");
      }
      open.removeLast();
    }
  }
}
