package dev.groundhog.dump;

import dev.groundhog.dump.internal.jvm.KnownWaits;
import dev.groundhog.dump.internal.jvm.LiveThread;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Looks at threads of this JVM, one by one, with public API alone. A thread goes on while it is
/// looked at: its stack is one that it had, and its state is the one that it had before and after
/// the stack was taken, or after three attempts the last. Looks at two threads are some time apart.
///
/// Equal stacks are held once. Costs some 20 µs for each virtual thread, most of it the JVM's walk
/// of the stack. Not thread-safe: each sampling thread has one of its own.
public final class LiveThreads {
  private static final int ATTEMPTS = 3;

  /// More distinct stacks, or frames, than these are not remembered all at once.
  private static final int MAX_STACKS = 20_000;

  private static final int MAX_FRAMES = 100_000;

  /// A stack as the JVM gives it, comparable.
  private static final class Elements {
    final StackTraceElement[] elements;
    private final int hash;

    Elements(StackTraceElement[] elements) {
      this.elements = elements;
      this.hash = Arrays.hashCode(elements);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Elements that
          && hash == that.hash
          && Arrays.equals(elements, that.elements);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final LockFacts locks;
  private final Marks marks;
  private final Births births;
  private final KnownWaits waits = new KnownWaits();
  private final Map<Elements, CallStack> stacks = new HashMap<>();
  private final Map<StackTraceElement, Frame> frames = new HashMap<>();

  /// Without what public API does not tell of locks, marks and births.
  public LiveThreads() {
    this(LockFacts.NONE, Marks.NONE, Births.NONE);
  }

  public LiveThreads(LockFacts locks, Marks marks, Births births) {
    this.locks = locks;
    this.marks = marks;
    this.births = births;
  }

  /// What `thread` does now.
  ///
  /// @param container the name of its thread container, empty if not known
  public DumpThread look(Thread thread, String container) {
    Thread.State state = thread.getState();
    StackTraceElement[] elements = thread.getStackTrace();
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      Thread.State after = thread.getState();
      if (after == state) {
        break;
      }
      state = after;
      elements = thread.getStackTrace();
    }
    return LiveThread.of(
        thread,
        state,
        stackOf(elements),
        container,
        locks,
        marks.of(thread),
        births.of(thread),
        waits);
  }

  /// Where `thread` is now, and no more of it, which costs less.
  public CallStack stack(Thread thread) {
    return stackOf(thread.getStackTrace());
  }

  /// The labels of `thread`, and no more of it.
  public Map<String, String> labels(Thread thread) {
    return marks.of(thread).labels();
  }

  private CallStack stackOf(StackTraceElement[] elements) {
    if (stacks.size() >= MAX_STACKS || frames.size() >= MAX_FRAMES) {
      stacks.clear();
      frames.clear();
    }
    return elements.length == 0
        ? CallStack.EMPTY
        : stacks.computeIfAbsent(new Elements(elements), this::stack);
  }

  private CallStack stack(Elements stack) {
    return new CallStack(
        Arrays.stream(stack.elements)
            .map(element -> frames.computeIfAbsent(element, LiveThreads::frame))
            .toList());
  }

  /// One function on a stack as the JVM gives it.
  public static Frame frame(StackTraceElement element) {
    String file = element.getFileName() == null ? "" : element.getFileName();
    int line =
        element.isNativeMethod()
            ? Frame.NATIVE
            : Math.max(Frame.UNKNOWN_LINE, element.getLineNumber());
    return new Frame(
        element.getClassName() + "." + element.getMethodName(),
        element.isNativeMethod() ? "" : file,
        line);
  }
}
