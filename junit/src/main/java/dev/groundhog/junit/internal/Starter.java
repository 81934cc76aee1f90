package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import java.lang.reflect.Modifier;
import java.util.Optional;

/// Who starts threads: one test, or the code around the tests of one class.
final class Starter {
  /// What is to become of its threads when it has ended.
  enum Fate {
    /// It has not ended.
    RUNS,
    /// They were checked, or need not be.
    DONE,
    /// They are checked at the end of the class or the run.
    PUT_OFF
  }

  /// What it is.
  enum Kind {
    TEST,
    /// `@BeforeAll`, `@AfterAll`, and the constructor of an instance for the whole class.
    AROUND_TESTS
  }

  private final Kind kind;
  private final String name;
  private final Class<?> testClass;
  private final int tag;
  private final Moment begun = Moment.now();
  private volatile Optional<Moment> ended = Optional.empty();
  private volatile Fate fate = Fate.RUNS;
  private volatile boolean overlapped;

  Starter(Kind kind, String name, Class<?> testClass, int tag) {
    this.kind = kind;
    this.name = name;
    this.testClass = testClass;
    this.tag = tag;
  }

  String name() {
    return name;
  }

  boolean isTest() {
    return kind == Kind.TEST;
  }

  Class<?> testClass() {
    return testClass;
  }

  /// The class itself, or the one that it is `@Nested` in.
  Class<?> topClass() {
    Class<?> top = testClass;
    while (top.getEnclosingClass() != null && !Modifier.isStatic(top.getModifiers())) {
      top = top.getEnclosingClass();
    }
    return top;
  }

  int tag() {
    return tag;
  }

  Moment begun() {
    return begun;
  }

  void end() {
    ended = Optional.of(Moment.now());
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
    long id = thread.id().orElse(0);
    return id > begun.id() && id < ended.map(Moment::id).orElse(Long.MAX_VALUE);
  }
}
