package dev.groundhog.agent.internal.births;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.LongToIntFunction;
import java.util.function.Supplier;

/// The tags that threads were told to hand on, by their ids, also 0: a thread that was told so
/// hands on nothing, whatever it inherited, but for a worker of the common pool, of which
/// [#OF_SHARED] is told. They outlive a change of what is recorded. Safe to share.
///
/// Bounded: a thread's tag goes when it ends. While more than [#MAX] threads that live have one,
/// those beyond are refused, and nothing is inherited: a thread without a tag is nobody's fault,
/// one with a wrong tag is somebody else's.
///
/// Whoever has a tag is known as long as every start was seen. Where one may have been missed, all
/// tags up to then are lost, which is told instead of who has them.
final class Tags {
  static final int MAX = 10_000;

  /// What nobody has to answer for.
  static final int OF_NOBODY = 2;

  /// What a worker that the JDK keeps for the whole program has started, and so on: for whom is not
  /// known.
  static final int OF_SHARED = 3;

  /// The first that anybody gets; those below, of whoever tries out whether tags work, of nobody
  /// and of shared workers, are never lost, since they are given again and again.
  static final int FIRST = 4;

  private final Map<Long, Integer> own = new ConcurrentHashMap<>();

  /// Tags up to this one are lost.
  private final AtomicInteger lost = new AtomicInteger();

  /// The greatest that a thread was told.
  private volatile int highest;

  /// The latest of [#next].
  private int latest = FIRST - 1;

  /// Whether anybody ever had one.
  private volatile boolean used;

  /// Whether somebody was refused and there has been no room since.
  private volatile boolean full;

  /// A tag that nobody else has.
  ///
  /// @throws ArithmeticException if all have been given, two thousand million
  synchronized int next() {
    latest = Math.addExact(Math.max(latest, highest), 1);
    return latest;
  }

  /// @param alive tells, each time anew, which threads have not ended, by their ids; only for such
  ///   a tag is kept
  /// @throws IOException if the tag is lost, or if there are too many, in one line
  synchronized void set(long threadId, int tag, Supplier<LongPredicate> alive) throws IOException {
    if (tag == 0 && !used) {
      return;
    }
    requireKept(tag);
    if (own.size() >= MAX && !own.containsKey(threadId)) {
      makeRoom(alive.get());
    }
    takeRoomBack();
    highest = Math.max(highest, tag);
    used = true;
    own.put(threadId, tag);
    if (!alive.get().test(threadId)) {
      own.remove(threadId); // its end was told before
    }
  }

  private void makeRoom(LongPredicate alive) throws IOException {
    own.keySet().removeIf(id -> !alive.test(id));
    if (own.size() >= MAX) {
      full = true;
      lose();
      throw new IOException(tooMany());
    }
  }

  private static String tooMany() {
    return "more than "
        + MAX
        + " threads have been told what to hand on: wait until some have ended";
  }

  private void requireKept(int tag) throws IOException {
    if (tag >= FIRST && tag <= lost.get()) {
      throw new IOException(
          "not every start has been seen since tag " + tag + " was first given: take a new one");
    }
  }

  /// @throws IOException if it is not known of all threads whether they have it, in one line
  void requireSure(int tag) throws IOException {
    if (full) {
      throw new IOException(tooMany());
    }
    requireKept(tag);
  }

  /// Some thread may have started unseen: who has one of the tags that there are is not known any
  /// more. Takes no lock.
  void lose() {
    lost.accumulateAndGet(highest, Math::max);
  }

  /// Whether somebody works with tags, so that they have to be handed on.
  boolean areUsed() {
    return used;
  }

  /// What `threadId` hands on; 0 if nothing or if that is not known.
  ///
  /// @param inherited what a thread inherited
  int of(long threadId, LongToIntFunction inherited) {
    if (!used) {
      return 0;
    }
    Integer told = own.get(threadId);
    return told != null ? told : full ? 0 : inherited.applyAsInt(threadId);
  }

  /// Called by threads that end: no lock is taken for one that has no tag.
  void ended(long threadId) {
    if (used && own.containsKey(threadId)) {
      own.remove(threadId);
      takeRoomBack();
    }
  }

  /// Who was refused meanwhile has inherited nothing, which does not matter for later tags.
  private void takeRoomBack() {
    if (full && own.size() < MAX) {
      lose();
      full = false;
    }
  }

  /// Nobody is told of ends any more.
  synchronized void clear() {
    own.clear();
    used = false;
    full = false;
    lose();
  }

  int size() {
    return own.size();
  }
}
