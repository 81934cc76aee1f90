package dev.groundhog.junit.internal;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Until it is closed, whoever the current thread starts carries a starter's tag; then what it
/// carried before: a worker of JUnit may run a test while it waits for others. Does nothing without
/// the agent.
final class Tagging implements AutoCloseable {
  /// Carried by whoever is nobody's: a thread without any tag has that of who made it, which for a
  /// worker of JUnit is a test that has long ended.
  static final int NOBODY = 2;

  /// Carried by what a worker of the common pool has started, and so on.
  static final int OF_SHARED = 3;

  /// No tag.
  static final int NONE = 0;

  private static final System.Logger LOG = System.getLogger(Tagging.class.getName());

  private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> NONE);

  /// More tags may be lost while it is asked for them.
  private static final int MAX_ASKED = 3;

  private static volatile boolean isUsed;

  private final Optional<Meeting> agent;
  private final Thread thread = Thread.currentThread();
  private final int before = CURRENT.get();
  private final boolean isCarried;

  private Tagging(Optional<Meeting> agent, int tag) {
    this.agent = agent;
    this.isCarried = carry(tag);
  }

  /// Gives `starter` its tag, if it has none yet. Where the agent does not know who starts threads,
  /// it has none.
  static Tagging of(Starter starter) {
    Optional<Meeting> agent = Meeting.find();
    int tag = starter.tag() == NONE ? next(agent) : starter.tag();
    Tagging begun = new Tagging(agent, tag);
    if (begun.isCarried && tag != NONE) {
      agent.ifPresent(known -> starter.taggedBy(known, tag));
      isUsed = true;
    }
    return begun;
  }

  private static int next(Optional<Meeting> agent) {
    try {
      return agent.map(Meeting::nextTag).orElse(NONE);
    } catch (Meeting.Lost _) {
      return NONE;
    }
  }

  /// @param tag a starter's, or [#NOBODY]
  static Tagging of(int tag) {
    return new Tagging(Meeting.find(), tag);
  }

  /// For a thread that runs a part of `starter`, and may have been there before it. Empty if there
  /// is nothing to do: it carries the tag of whoever runs already, or that of who made it.
  static Optional<Tagging> following(Starter starter) {
    Optional<Meeting> agent = starter.agent();
    return agent.isEmpty() || isOfRunning(agent.get(), starter)
        ? Optional.empty()
        : Optional.of(new Tagging(agent, starter.tag()));
  }

  private static boolean isOfRunning(Meeting agent, Starter starter) {
    int current = CURRENT.get();
    if (current == starter.tag()) {
      return true;
    }
    Set<Integer> running = Starters.ALL.runningTags();
    if (current != NONE) {
      return running.contains(current);
    }
    long self = Thread.currentThread().threadId();
    return agent.tagged(running).values().stream()
        .anyMatch(ids -> Arrays.stream(ids).anyMatch(id -> id == self));
  }

  /// By their tags, the ids of the threads that some of `starters` have left, of those whom the
  /// agent knows; and if any of them has made some, by [#OF_SHARED] those that are nobody's.
  ///
  /// @throws Meeting.Lost if it knows none
  static Map<Integer, long[]> left(List<Starter> starters) {
    for (int i = 1; i < MAX_ASKED; i++) {
      try {
        return leftOf(starters);
      } catch (Meeting.Lost _) {
        // Once more, without those that it has lost.
      }
    }
    return leftOf(starters);
  }

  private static Map<Integer, long[]> leftOf(List<Starter> starters) {
    List<Starter> known = starters.stream().filter(starter -> starter.agent().isPresent()).toList();
    if (known.isEmpty()) {
      return Map.of();
    }
    Set<Integer> tags = known.stream().map(Starter::tag).collect(Collectors.toSet());
    if (!known.stream().allMatch(Starter::madeNone)) {
      tags.add(OF_SHARED);
    }
    return Meeting.find().map(agent -> agent.tagged(tags)).orElse(Map.of());
  }

  /// Whether any thread has carried a tag in this JVM.
  static boolean isUsed() {
    return isUsed;
  }

  /// What the current thread carries.
  static int current() {
    int current = CURRENT.get();
    return current == NONE ? NOBODY : current;
  }

  @Override
  public void close() {
    try {
      carry(before == NONE ? NOBODY : before);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "threads may be taken for a test's that are not: " + e);
    }
  }

  /// @return whether whoever the thread starts carries it, as far as the agent knows
  private boolean carry(int tag) {
    if (agent.isEmpty() || tag == NONE) {
      return false;
    }
    boolean isHere = thread == Thread.currentThread();
    if (isHere && CURRENT.get() == tag && !agent.get().isLost(tag)) {
      return true;
    }
    try {
      agent.get().tag(thread.threadId(), tag);
    } catch (Meeting.Lost _) {
      return false; // it has said so, and its starters go by time
    }
    if (isHere) {
      CURRENT.set(tag);
    }
    return true;
  }
}
