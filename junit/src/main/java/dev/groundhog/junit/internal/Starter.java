package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import java.util.Optional;

/// Who starts threads: one test, or the code around the tests of one class.
final class Starter {
  /// What is to become of its threads when it has ended.
  enum Fate {
    /// It has not ended.
    RUNS,
    /// They were checked.
    DONE,
    /// It failed, so that they need not be.
    EXCUSED,
    /// They are checked at the end of the class or the run.
    PUT_OFF;

    /// Whether nobody will check them any more.
    boolean isSettled() {
      return this == DONE || this == EXCUSED;
    }
  }

  /// What it is.
  enum Kind {
    TEST,
    /// `@BeforeAll`, `@AfterAll`, and the constructor of an instance for the whole class.
    AROUND_TESTS
  }

  private final Kind kind;
  private final TestNode node;
  private final Moment begun = Moment.now();
  private volatile Optional<Moment> ended = Optional.empty();
  private volatile Fate fate = Fate.RUNS;
  private volatile boolean overlapped;
  private volatile Optional<Known> known = Optional.empty();

  /// The agent that was told of its tag.
  private record Known(Meeting agent, int tag) {}

  Starter(Kind kind, TestNode node) {
    this.kind = kind;
    this.node = node;
  }

  String name() {
    return node.name();
  }

  boolean isTest() {
    return kind == Kind.TEST;
  }

  Class<?> testClass() {
    return node.testClass();
  }

  TestNode node() {
    return node;
  }

  /// Whether this is the code around `other`, be that a test, or a class in this one.
  boolean surrounds(Starter other) {
    return !isTest() && node.isAround(other.node.id());
  }

  /// Whether this is `test`, or one of its dynamic tests.
  boolean isPartOf(Starter test) {
    return node.id().equals(test.node.id());
  }

  /// Whether this is the class of the test `other`, or that class's own code.
  boolean answersFor(Starter other) {
    return this == other || (surrounds(other) && testClass() == other.testClass());
  }

  /// What its threads carry; [Tagging#NONE] without the agent.
  int tag() {
    return known.map(Known::tag).orElse(Tagging.NONE);
  }

  /// Since it began; the first call counts.
  void taggedBy(Meeting agent, int tag) {
    if (known.isEmpty()) {
      known = Optional.of(new Known(agent, tag));
    }
  }

  /// The agent that knows its threads by its tag. One that came after this began does not, nor one
  /// that has lost the tag.
  Optional<Meeting> agent() {
    return known.filter(each -> !each.agent().isLost(each.tag())).map(Known::agent);
  }

  Moment begun() {
    return begun;
  }

  /// The first call counts.
  void end() {
    if (ended.isEmpty()) {
      ended = Optional.of(Moment.now());
    }
  }

  boolean hasEnded() {
    return ended.isPresent();
  }

  Fate fate() {
    return fate;
  }

  void fate(Fate fate) {
    this.fate = fate;
  }

  /// Another one ran at the same time.
  void overlap() {
    overlapped = true;
  }

  boolean overlapped() {
    return overlapped;
  }

  /// Whether `thread` was made while this ran.
  boolean mayHaveStarted(DumpThread thread) {
    return mayHaveMade(thread.id().orElse(0));
  }

  /// Whether the thread with this id was made while this ran.
  boolean mayHaveMade(long id) {
    return id > begun.id() && id < ended.map(Moment::id).orElse(Long.MAX_VALUE);
  }

  /// Whether this has ended and nobody made a thread meanwhile.
  boolean madeNone() {
    return ended.filter(end -> end.noneSince(begun)).isPresent();
  }
}
