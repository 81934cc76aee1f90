package dev.groundhog.mark;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a thread works on, in words, as `pprof.Do` and `pprof.SetGoroutineLabels` have it in Go:
///
/// ```java
/// Labels.of("route", "/users/{id}").run(() -> answer(request));
/// ```
///
/// While the task runs its thread has these labels in addition to those that it had, and so does
/// every thread that is started under it. Dumps show them, and equal stacks with other labels are
/// other groups: so a label's value comes from a small set (a route, a kind of job), and is never
/// an id. Setting and clearing costs some 10 ns; nothing is left on a thread afterwards.
///
/// **Pools.** A worker that a pool starts under labels does not inherit them: it will work for
/// others. A thread counts as a pool's worker if the code that constructs it is an
/// [java.util.concurrent.Executor] other than the JDK's thread-per-task executor. For a pool that
/// belongs to the labelled work use [#factory(ThreadFactory)].
///
/// **Limits.** A label's name and value are cut at [#MAX_LENGTH] characters; of more than
/// [#MAX_LABELS] labels the first in the order of their names are kept. Threads that are built with
/// `inheritInheritableThreadLocals(false)` inherit no labels.
///
/// Immutable but for [#clientGone], and safe to share.
public final class Labels {
  /// The most characters of a name or of a value.
  public static final int MAX_LENGTH = 256;

  /// The most labels of a thread.
  public static final int MAX_LABELS = 32;

  private static final Labels NONE = new Labels(Collections.emptySortedMap(), null, null);

  private static final OfThread THREAD = new OfThread();

  /// These alone; [#values] has those below as well.
  private final SortedMap<String, String> own;

  /// Those of the thread before, which these are added to.
  private final @Nullable SortedMap<String, String> below;

  /// Both together, made when somebody looks: changing labels is to cost little.
  private volatile @Nullable SortedMap<String, String> both;

  private final @Nullable Client client;
  private final Shown shown;

  private Labels(
      SortedMap<String, String> own,
      @Nullable SortedMap<String, String> below,
      @Nullable Client client) {
    this.own = own;
    this.below = below;
    this.client = client;
    this.shown = new Shown(this);
  }

  private SortedMap<String, String> values() {
    if (below == null) {
      return own;
    }
    SortedMap<String, String> made = both;
    if (made == null) {
      SortedMap<String, String> more = new TreeMap<>(below);
      more.putAll(own);
      made = limited(more);
      both = made;
    }
    return made;
  }

  private static SortedMap<String, String> limited(SortedMap<String, String> labels) {
    while (labels.size() > MAX_LABELS) {
      labels.remove(labels.lastKey());
    }
    return Collections.unmodifiableSortedMap(labels);
  }

  /// One label. A name is not empty; what the field calls them is in lower case, `route`, `method`.
  public static Labels of(String name, String value) {
    return NONE.with(name, value);
  }

  /// The labels of the thread that asks, none if it has none.
  public static Labels current() {
    Shown shown = THREAD.get();
    return shown == null ? NONE : shown.labels;
  }

  /// These labels and one more, which takes the place of one that has its name.
  public Labels with(String name, String value) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a label needs a name");
    }
    SortedMap<String, String> more = new TreeMap<>(values());
    more.put(cut(name), cut(value));
    return new Labels(limited(more), null, client);
  }

  /// These labels, for work that is done for a client who may leave. Whoever learns that it has
  /// left calls [#clientGone] on what this gives: dumps then show of each thread that has it, or
  /// labels made of it, for how long the client has been gone.
  public Labels forClient() {
    return new Labels(own, below, new Client());
  }

  /// The client of [#forClient] has left, now. The first call counts; without a client it does
  /// nothing. Never blocks.
  public void clientGone() {
    if (client != null && client.goneSinceMillis == 0) {
      client.goneSinceMillis = System.currentTimeMillis();
    }
  }

  /// Since when the client of [#forClient] is gone; empty while it is there, and without a client.
  public Optional<Instant> clientGoneSince() {
    long since = shown.getAsLong();
    return since == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(since));
  }

  /// The labels by name, in the order of their names.
  public Map<String, String> map() {
    return values();
  }

  /// Runs `task` with these labels in addition to those of the calling thread.
  public void run(Runnable task) {
    call(() -> {
      task.run();
      return this;
    });
  }

  /// Runs `task` with these labels in addition to those of the calling thread, and gives what it
  /// gives; what it throws is thrown.
  public <T extends @Nullable Object, X extends Throwable> T call(
      ScopedValue.CallableOp<? extends T, X> task) throws X {
    Shown before = THREAD.get();
    THREAD.set(before == null ? shown : over(before.labels).shown);
    try {
      return task.call();
    } finally {
      if (before == null) {
        THREAD.remove();
      } else {
        THREAD.set(before);
      }
    }
  }

  /// A factory whose threads have these labels, for a pool that belongs to the labelled work.
  public ThreadFactory factory(ThreadFactory threads) {
    return task -> threads.newThread(() -> run(task));
  }

  @Override
  public String toString() {
    return values().toString();
  }

  private Labels over(Labels below) {
    SortedMap<String, String> base = below.values();
    return base.isEmpty() && below.client == null
        ? this
        : new Labels(values(), base, client == null ? below.client : client);
  }

  /// Never in the midst of a character that takes two.
  private static String cut(String text) {
    if (text.length() <= MAX_LENGTH) {
      return text;
    }
    boolean isHalf = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1));
    return text.substring(0, isHalf ? MAX_LENGTH - 1 : MAX_LENGTH);
  }

  private static final class Client {
    volatile long goneSinceMillis;
  }

  /// What a thread holds, and others read in it. They may have been loaded apart from this class,
  /// so they know it by JDK types alone: as a `Supplier` of the labels by name, and a
  /// `LongSupplier` of the time since when the client is gone (milliseconds since 1970, 0 if it is
  /// there). It must never lead to the thread itself, nor to what it waits for.
  private static final class Shown implements Supplier<Map<String, String>>, LongSupplier {
    final Labels labels;

    Shown(Labels labels) {
      this.labels = labels;
    }

    @Override
    public Map<String, String> get() {
      return labels.values();
    }

    @Override
    public long getAsLong() {
      return labels.client == null ? 0 : labels.client.goneSinceMillis;
    }
  }

  /// Readers find it in a thread by this class's name. A child's value is decided in its parent,
  /// while the child is being constructed.
  private static final class OfThread extends InheritableThreadLocal<@Nullable Shown> {
    private static final StackWalker WALKER =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    @Override
    protected @Nullable Shown childValue(@Nullable Shown parent) {
      return parent == null || isPoolsWorker() ? null : parent;
    }

    private static boolean isPoolsWorker() {
      return WALKER.walk(frames ->
          frames
              .takeWhile(frame -> !runsWork(frame))
              .map(StackWalker.StackFrame::getDeclaringClass)
              .filter(Executor.class::isAssignableFrom)
              .findFirst()
              .map(executor -> !executor.getName().equals(PER_TASK))
              .orElse(false));
    }

    /// Below is who runs the work that starts the thread, and that may be a pool's worker itself.
    private static boolean runsWork(StackWalker.StackFrame frame) {
      return switch (frame.getMethodName()) {
        case "call" -> frame.getDeclaringClass() == Labels.class;
        case "runWorker" -> Executor.class.isAssignableFrom(frame.getDeclaringClass());
        default -> false;
      };
    }

    private static final String PER_TASK = "java.util.concurrent.ThreadPerTaskExecutor";
  }
}
