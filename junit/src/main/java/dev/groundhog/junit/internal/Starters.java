package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.internal.Starter.Fate;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.platform.engine.UniqueId;

/// Who started threads, as far as it is checked. Whoever runs is known, and of those that have
/// ended the ones whose threads may be there still. Safe to share.
final class Starters {
  private static final System.Logger LOG = System.getLogger(Starters.class.getName());

  /// Those of this JVM.
  static final Starters ALL = new Starters(20_000, Starters::leftNone);

  /// How many that have ended are remembered: first those are forgotten whose threads were checked.
  private final int max;

  /// Those of some that have ended of whom surely no thread is there.
  private final UnaryOperator<List<Starter>> leftNone;

  private final Set<Starter> running = new LinkedHashSet<>();
  private final SequencedSet<Starter> done = new LinkedHashSet<>();
  private final SequencedSet<Starter> putOff = new LinkedHashSet<>();

  private long forgotten;
  private boolean hasWarned;

  Starters(int max, UnaryOperator<List<Starter>> leftNone) {
    this.max = max;
    this.leftNone = leftNone;
  }

  /// Begins one with its check.
  ///
  /// @param check makes the check; if that fails, the starter has ended
  <T> T begin(Starter.Kind kind, TestNode node, Function<Starter, T> check) {
    Starter begun = begin(kind, node);
    boolean isMade = false;
    try {
      T made = check.apply(begun);
      isMade = true;
      return made;
    } finally {
      if (!isMade) {
        stop(begun);
      }
    }
  }

  private synchronized Starter begin(Starter.Kind kind, TestNode node) {
    Starter begun = new Starter(kind, node);
    for (Starter other : running) {
      // What stands around a test does not disturb it.
      if (!begun.surrounds(other) && !other.surrounds(begun)) {
        begun.overlap();
        other.overlap();
      }
    }
    running.add(begun);
    return begun;
  }

  /// Begins a part of `test`, which is settled with it.
  static Starter part(Starter test, String name) {
    return new Starter(Starter.Kind.TEST, test.node().named(name));
  }

  /// It starts no more threads. What is to become of those that it has started is [#settle]d.
  synchronized void stop(Starter starter) {
    starter.end();
    running.remove(starter);
  }

  /// Decides about the threads of one that has stopped; may be called again.
  ///
  /// @return whether there may be any; if there is surely none, it is forgotten
  boolean settle(Starter starter, Fate fate) {
    starter.fate(fate);
    boolean isEmpty = !mayHaveLeft(starter);
    boolean isFull;
    synchronized (this) {
      done.remove(starter);
      putOff.remove(starter);
      if (isEmpty) {
        return false;
      }
      (fate == Fate.PUT_OFF ? putOff : done).add(starter);
      isFull = done.size() + putOff.size() > max;
    }
    if (isFull) {
      makeRoom();
    }
    return true;
  }

  /// Whether there may be threads of one that has stopped.
  boolean mayHaveLeft(Starter starter) {
    return leftNone.apply(List.of(starter)).isEmpty();
  }

  /// Asks the agent once for all that it knows.
  private static List<Starter> leftNone(List<Starter> starters) {
    Map<Boolean, List<Starter>> byKnown =
        starters.stream()
            .collect(Collectors.partitioningBy(starter -> starter.agent().isPresent()));
    List<Starter> known = byKnown.getOrDefault(true, List.of());
    List<Starter> others = byKnown.getOrDefault(false, List.of());
    return Stream.concat(
            others.stream().filter(Starter::madeNone),
            known.isEmpty() ? Stream.empty() : untagged(known).stream())
        .toList();
  }

  private static List<Starter> untagged(List<Starter> known) {
    try {
      Moment before = Moment.now();
      Map<Integer, long[]> left = Tagging.left(known);
      // A thread may have started another one and ended while the agent went through them.
      boolean isSure = before.noneSince();
      return known.stream()
          .filter(starter ->
              starter.agent().isPresent()
                  ? isSure && !left.containsKey(starter.tag()) && !mayShare(starter, left)
                  : starter.madeNone())
          .toList();
    } catch (RuntimeException | LinkageError _) {
      return List.of(); // the check itself will say so
    }
  }

  private static boolean mayShare(Starter starter, Map<Integer, long[]> left) {
    return LongStream.of(left.getOrDefault(Tagging.OF_SHARED, new long[0]))
        .anyMatch(starter::mayHaveMade);
  }

  /// For a quarter, so that it is not done for each one.
  private void makeRoom() {
    List<Starter> gone = leftNone.apply(ended(_ -> true));
    boolean warns;
    synchronized (this) {
      gone.forEach(done::remove);
      gone.forEach(putOff::remove);
      boolean losesUnchecked = false;
      while (done.size() + putOff.size() > max - max / 4) {
        losesUnchecked |= done.isEmpty();
        (done.isEmpty() ? putOff : done).removeFirst();
        forgotten++;
      }
      warns = losesUnchecked && !hasWarned;
      hasWarned |= warns;
    }
    if (warns) {
      LOG.log(
          Level.WARNING,
          "leak check: more than "
              + max
              + " tests left threads that are to be checked later; those of the earliest are not");
    }
  }

  /// Those that have ended and may have left threads.
  synchronized List<Starter> ended(Predicate<Starter> wanted) {
    return Stream.concat(done.stream(), putOff.stream()).filter(wanted).toList();
  }

  /// That some were forgotten, if so: a line of a report.
  synchronized Optional<String> note() {
    return forgotten == 0
        ? Optional.empty()
        : Optional.of(
            forgotten
                + " tests that left threads are not remembered any more: their threads may be"
                + " missing here, or count without their name");
  }

  /// Whether `starter` runs, or its class, which will answer for it, does.
  synchronized boolean isOpen(Starter starter) {
    return running.stream().anyMatch(other -> other.answersFor(starter));
  }

  /// The tags of whoever runs, as far as they have one.
  synchronized Set<Integer> runningTags() {
    return running.stream()
        .map(Starter::tag)
        .filter(tag -> tag != Tagging.NONE)
        .collect(Collectors.toSet());
  }

  /// Whether `node` itself is checked, and that has begun.
  synchronized boolean isRunning(UniqueId node) {
    return running.stream().anyMatch(starter -> starter.node().id().equals(node));
  }

  /// The running test or class that `node` is in, the innermost.
  synchronized Optional<Starter> around(UniqueId node) {
    return running.stream()
        .filter(starter -> starter.node().isAround(node))
        .max(Comparator.comparingInt(starter -> starter.node().id().getSegments().size()));
  }

  /// Whether nobody but `starter`, which has ended, made `thread`: it or a part of it did, or a
  /// thread of it has since, when only the code around it ran.
  boolean isOf(Starter starter, DumpThread thread) {
    return candidates(thread).stream()
        .allMatch(other -> other.isPartOf(starter) || other.surrounds(starter));
  }

  /// Who has to answer for `thread`: of those who may have started it, those whose threads count.
  List<Starter> answerable(DumpThread thread) {
    return likely(thread).stream().filter(starter -> !starter.fate().isSettled()).toList();
  }

  /// Whether `thread` does not count: whoever may have started it need not answer for it.
  boolean isExcused(DumpThread thread) {
    List<Starter> likely = likely(thread);
    return !likely.isEmpty() && likely.stream().allMatch(starter -> starter.fate().isSettled());
  }

  /// The classes that may have started `thread`, whether they need answer for it or not.
  List<Class<?>> classes(DumpThread thread) {
    return likely(thread).stream().<Class<?>>map(Starter::testClass).distinct().toList();
  }

  /// Who may have started `thread` by when that was, the innermost: tests, or else what stands
  /// around them.
  private List<Starter> candidates(DumpThread thread) {
    List<Starter> all = new ArrayList<>();
    synchronized (this) {
      Stream.of(running, done, putOff)
          .flatMap(Set::stream)
          .filter(starter -> starter.mayHaveStarted(thread))
          .forEach(all::add);
    }
    return all.stream().filter(one -> all.stream().noneMatch(one::surrounds)).toList();
  }

  /// The candidates; if the classes of some of them are on the stack of `thread`, these alone.
  private List<Starter> likely(DumpThread thread) {
    List<Starter> candidates = candidates(thread);
    Set<String> names =
        candidates.stream()
            .map(starter -> starter.testClass().getName())
            .collect(Collectors.toSet());
    Set<String> onStack =
        thread.stack().frames().stream()
            .flatMap(frame -> classOf(frame.function(), names).stream())
            .collect(Collectors.toSet());
    return candidates.stream()
        .filter(starter -> onStack.isEmpty() || onStack.contains(starter.testClass().getName()))
        .toList();
  }

  /// The innermost of these classes that `function` is in.
  private static Optional<String> classOf(String function, Set<String> names) {
    return names.stream()
        .filter(name -> function.startsWith(name + ".") || function.startsWith(name + "$"))
        .max(Comparator.comparingInt(String::length));
  }
}
