package dev.groundhog.agent.internal.proof;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.groundhog.agent.internal.proof.Windows.Cut;
import dev.groundhog.endpoint.Proof;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
/// - The two cuts need two collections, so that they take turns. As long as no stranded one is
///   found all lists are cut, and who is found is proven. Who is found together with a stranded one
///   may be stranded too: then executors hold their threads until two whole collections have been
///   made, and who is found by these is proven, the others are not.
final class StandingProof {
  /// So many [Collector#oldCollections] are two whole ones that began since, of each collector.
  private static final int WHOLE = 6;

  /// As many rounds are taken for that where collections cannot be counted.
  private static final int MANY_ROUNDS = 60;

  /// So long one is told that is not found again: one cycle looks for others.
  private static final int MOST_CYCLES = 2;

  private final Access jdk;

  /// The last ones that are handed over, and those that are about to take their place.
  private final Deque<Windows> open = new ArrayDeque<>();

  private Cut cut = Cut.ALL;

  /// The ids of those that were parked at the last round, in order.
  private long[] parked = new long[0];

  /// What was told of those that still wait, by id.
  private final Map<Long, Told> told = new HashMap<>();

  /// Who was found together with a stranded one.
  private final Set<Long> pending = new HashSet<>();

  /// Who was, and was not found by whole collections after that while executors held their threads:
  /// stranded if it is found together with a stranded one again.
  private final Set<Long> unproven = new HashSet<>();

  /// Whom a collection has found while the cut was changed.
  private final Set<Long> otherwise = new HashSet<>();

  /// [Collector#oldCollections] when the cut was changed last, or that was asked for last.
  private long began;

  /// How many there were since.
  private int rounds;

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
      Windows.Found found = open.getLast().found(_ -> true);
      found.leaked().keySet().removeAll(otherwise);
      if (!found.leaked().isEmpty() && jdk.finalizers().haveBeenIdle()) {
        judge(found, fresh);
      }
    }
    boolean isDone = false;
    try {
      judgeLater();
      isDone = true;
    } finally {
      if (!isDone) {
        told.keySet().removeAll(fresh.keySet()); // nobody is told
        close();
      }
    }
    return Proof.ofOrdinary(fresh);
  }

  private void judge(Windows.Found found, Map<Long, Proof.Leaked> fresh) {
    boolean areProven = cut == Cut.ROOT || !found.hasStranded();
    found
        .leaked()
        .forEach((id, leaked) -> {
          if (leaked.isStranded() || areProven) {
            pending.remove(id);
            unproven.remove(id);
            tell(id, leaked, fresh);
          } else if (!isProven(id)) {
            pending.add(id);
            if (unproven.contains(id)) {
              tell(id, new Proof.Leaked(leaked.thread(), true), fresh);
            }
          }
        });
  }

  private boolean isProven(long id) {
    Told before = told.get(id);
    return before != null && !before.isStranded;
  }

  private void tell(long id, Proof.Leaked leaked, Map<Long, Proof.Leaked> fresh) {
    Told before = told.put(id, new Told(leaked.isStranded(), cycle));
    if (before == null || before.isStranded != leaked.isStranded()) {
      fresh.put(id, leaked);
    }
  }

  /// Hands over who has waited since the last round.
  private void judgeLater() throws IOException, InterruptedException {
    rounds++;
    boolean isWhole =
        Collector.canCount() ? Collector.oldCollections() - began >= WHOLE : rounds >= MANY_ROUNDS;
    Cut before = cut;
    if (isWhole || (cut == Cut.ALL && !pending.isEmpty())) {
      beginCycle(isWhole ? Cut.ALL : Cut.ROOT);
    }
    LongStream.Builder now = LongStream.builder();
    Windows windows = new Windows(jdk);
    Windows last = open.isEmpty() ? new Windows(jdk) : open.getLast();
    open.add(windows);
    jdk.finalizers().watch(); // before it is seen which handles are used up
    windows.prepareInPlaceOf(
        last,
        cut,
        thread -> {
          long id = thread.threadId();
          now.add(id);
          if (told.containsKey(id) || pending.contains(id)) {
            jdk.subtasks().each(thread, subtask -> now.add(subtask.threadId()));
          }
          return Arrays.binarySearch(parked, id) >= 0;
        });
    parked = now.build().sorted().toArray();
    told.keySet().removeIf(this::isGone);
    pending.removeIf(this::isGone);
    unproven.removeIf(this::isGone);
    windows.handOver();
    otherwise.clear();
    if (cut != before) {
      otherwise.addAll(windows.found(_ -> true).leaked().keySet());
    }
    while (open.size() > 1) {
      open.removeFirst();
    }
  }

  /// Who was told and was not found again for long may have gone on.
  private void beginCycle(Cut next) {
    if (cut == Cut.ROOT) {
      unproven.addAll(pending);
      pending.clear();
    }
    cut = next;
    began = Collector.oldCollections();
    rounds = 0;
    cycle++;
    told.values().removeIf(each -> each.cycle < cycle - MOST_CYCLES);
  }

  private boolean isGone(long id) {
    return Arrays.binarySearch(parked, id) < 0;
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
