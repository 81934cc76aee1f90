package dev.groundhog.agent.internal.births;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The recorded starts of threads that have not ended, by the thread's id: 32 bytes each in a hash
/// table that is at most three quarters full, so 43 to 86 bytes as long as their number grows, up
/// to 256 where many more were there before, and nothing of the thread itself. The table is split
/// into stripes, each with a spin lock of its own: what calls this is a thread that starts or ends,
/// which must not park.
///
/// Bounded: under a lock nothing is done but to find and to move, at most the 6,144 entries of a
/// stripe, for which room is made outside. Who cannot have a lock for [#MAX_SPIN_NANOS], since its
/// holder is off the CPU, gives up: a start is then not remembered, an end is taken up by whoever
/// comes next. A stripe that is full takes no more.
final class BirthLog {
  private static final int STRIPES = 1 << 10;
  private static final int MIN_CAPACITY = 4;

  /// Some six millions in all; ids are spread evenly.
  private static final int MAX_CAPACITY = 1 << 13;

  /// How often a stripe that others change meanwhile is made larger, for one start.
  private static final int MAX_GROWTHS = 8;

  /// Some turns of the operating system's scheduler where it has many threads.
  private static final long MAX_SPIN_NANOS = 50_000_000;

  /// Who reads all is in no hurry: then a thread was stopped under a lock, by a debugger, say.
  private static final long MAX_READER_NANOS = 5_000_000_000L;

  /// Where all threads were stopped that long, by the garbage collector, say, the holder has had no
  /// time at all: so often is tried in any case.
  private static final int MIN_TURNS = 1_000;

  private static final int SPINS = 100;

  private static final int WORDS = 4;
  private static final int CREATOR = 1;
  private static final int STARTED = 2;
  private static final int SITE_AND_TAG = 3;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final VarHandle LOCKED;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(Stripe.class, "locked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// What is known of a thread that is looked for.
  enum Found {
    KNOWN,
    UNKNOWN,
    /// Its stripe could not be had.
    BUSY
  }

  /// Is told of threads that have ended.
  interface Ends {
    /// One that was known, with the number of its creation site.
    void ended(long id, int site);

    /// One whose stripe could not be had when it ended, and that was not known when it could.
    void endedUnknown(long id);
  }

  /// Takes what was recorded of one thread.
  interface Taker {
    /// @param creator the id of the thread that started it
    /// @param startedNanos [System#nanoTime] when it was started
    /// @param site the number of its creation site
    void take(long id, long creator, long startedNanos, int site, int tag);
  }

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Ends ends;

  /// Threads that have ended whose stripe could not be had: no more than there are entries.
  private final Queue<Long> late = new ConcurrentLinkedQueue<>();

  /// @param ends is told of each thread that ends
  BirthLog(Ends ends) {
    this.ends = ends;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /// Whether there was room for it.
  boolean add(long id, long creator, long startedNanos, int site, int tag) {
    return stripe(id).add(id, creator, startedNanos, (long) site << Integer.SIZE | tag);
  }

  /// Forgets a thread that has ended.
  ///
  /// @return whether it was known; one whose stripe is busy is taken up later
  Found remove(long id) {
    Long earlier = late.poll();
    if (earlier != null) {
      endLate(earlier, MAX_SPIN_NANOS);
    }
    long site = stripe(id).remove(id, MAX_SPIN_NANOS);
    if (site >= 0) {
      ends.ended(id, (int) site);
    } else if (site == Stripe.BUSY) {
      late.add(id);
    }
    return found(site);
  }

  private static Found found(long site) {
    return site >= 0 ? Found.KNOWN : site == Stripe.BUSY ? Found.BUSY : Found.UNKNOWN;
  }

  /// Whether that could be done; if not it is still to be done.
  private boolean endLate(long id, long maxNanos) {
    long site = stripe(id).remove(id, maxNanos);
    switch (found(site)) {
      case KNOWN -> ends.ended(id, (int) site);
      case UNKNOWN -> ends.endedUnknown(id);
      case BUSY -> late.add(id);
    }
    return site != Stripe.BUSY;
  }

  /// Gives on what is known of one thread, if it is.
  Found find(long id, Taker taker) {
    Stripe stripe = stripe(id);
    if (!stripe.lock(MAX_SPIN_NANOS)) {
      return Found.BUSY;
    }
    long[] found = stripe.found(id);
    if (found.length == 0) {
      return Found.UNKNOWN;
    }
    give(found, 0, taker);
    return Found.KNOWN;
  }

  /// Forgets a thread that has not ended, so that nobody is told of it.
  Found take(long id) {
    return found(stripe(id).remove(id, MAX_SPIN_NANOS));
  }

  /// Gives on what is known of every thread; those that start or end meanwhile may be missing.
  ///
  /// @throws IllegalStateException if it cannot be had
  void each(Taker taker) {
    takeUpLate();
    for (Stripe stripe : stripes) {
      long[] copy = stripe.copy();
      for (int at = 0; at < copy.length; at += WORDS) {
        if (copy[at] != 0) {
          give(copy, at, taker);
        }
      }
    }
  }

  /// Ends that could not be told at once: one that has ended must not be taken for one that was
  /// collected.
  ///
  /// @throws IllegalStateException if a stripe cannot be had
  void takeUpLate() {
    for (Long id = late.poll(); id != null; id = late.poll()) {
      if (!endLate(id, MAX_READER_NANOS)) {
        throw busy();
      }
    }
  }

  private static IllegalStateException busy() {
    return new IllegalStateException("a thread that starts or ends has been stopped: let it go on");
  }

  private static void give(long[] words, int at, Taker taker) {
    long siteAndTag = words[at + SITE_AND_TAG];
    taker.take(
        words[at], words[at + CREATOR], words[at + STARTED], site(siteAndTag), (int) siteAndTag);
  }

  private static int site(long siteAndTag) {
    return (int) (siteAndTag >>> Integer.SIZE);
  }

  private Stripe stripe(long id) {
    return stripes[(int) ((id * SPREAD) >>> -Integer.numberOfTrailingZeros(STRIPES))];
  }

  /// Open addressing with linear probing; an id of 0 is a free place. What was behind a removed one
  /// moves up, so that nothing is left of it (Knuth, TAOCP 3, 6.4, algorithm R).
  private static final class Stripe {
    static final long UNKNOWN = -1;
    static final long BUSY = -2;
    static final long[] NONE = new long[0];

    /// Let go without a call, for which a thread that meets the end of its stack has no room.
    private volatile boolean locked;

    private long[] words = NONE;
    private int size;

    boolean lock(long maxNanos) {
      return LOCKED.compareAndSet(this, false, true) || spin(maxNanos);
    }

    @SuppressWarnings("ThreadPriorityCheck") // it only makes way for whoever holds the lock
    private boolean spin(long maxNanos) {
      long began = System.nanoTime();
      for (int turn = 0; turn < MIN_TURNS || System.nanoTime() - began < maxNanos; turn++) {
        for (int i = 0; i < SPINS; i++) {
          if (!locked && LOCKED.compareAndSet(this, false, true)) {
            return true;
          }
          Thread.onSpinWait();
        }
        if (!Thread.currentThread().isVirtual()) { // one is pinned while it starts others
          Thread.yield();
        }
      }
      return false;
    }

    boolean add(long id, long creator, long startedNanos, long siteAndTag) {
      for (int growth = 0; growth <= MAX_GROWTHS; growth++) {
        if (!lock(MAX_SPIN_NANOS)) {
          return false;
        }
        int capacity;
        try {
          capacity = capacity();
          if (fits(size + 1, capacity)) {
            int at = free(id) * WORDS;
            words[at] = id;
            words[at + CREATOR] = creator;
            words[at + STARTED] = startedNanos;
            words[at + SITE_AND_TAG] = siteAndTag;
            size++;
            return true;
          }
        } finally {
          locked = false;
        }
        if (capacity == MAX_CAPACITY) {
          return false;
        }
        resize(capacity, Math.max(MIN_CAPACITY, capacity * 2));
      }
      return false;
    }

    /// The number of its site, or [#UNKNOWN] or [#BUSY].
    long remove(long id, long maxNanos) {
      if (!lock(maxNanos)) {
        return BUSY;
      }
      int capacity;
      int site;
      boolean isSparse;
      try {
        int at = find(id);
        if (at < 0) {
          return UNKNOWN;
        }
        site = site(words[at + SITE_AND_TAG]);
        remove(at);
        capacity = capacity();
        isSparse = capacity > MIN_CAPACITY && size * 8 < capacity;
      } finally {
        locked = false;
      }
      if (isSparse) {
        resize(capacity, capacity / 2);
      }
      return site;
    }

    /// Under the lock, which is let go: the words of a thread, none if it is not known.
    long[] found(long id) {
      try {
        int at = find(id);
        if (at < 0) {
          return NONE;
        }
        long[] found = new long[WORDS];
        System.arraycopy(words, at, found, 0, WORDS);
        return found;
      } finally {
        locked = false;
      }
    }

    /// A copy for which room is made outside of the lock.
    long[] copy() {
      long[] room = NONE;
      for (int growth = 0; growth <= MAX_GROWTHS; growth++) {
        if (!lock(MAX_READER_NANOS)) {
          break;
        }
        int length;
        try {
          length = words.length;
          if (room.length == length) {
            System.arraycopy(words, 0, room, 0, length);
            return room;
          }
        } finally {
          locked = false;
        }
        room = new long[length];
      }
      throw busy();
    }

    /// Does nothing if somebody else has done it.
    private void resize(int from, int to) {
      long[] room = new long[to * WORDS];
      if (!lock(MAX_SPIN_NANOS)) {
        return;
      }
      try {
        if (capacity() == from && fits(size + 1, to)) {
          long[] old = words;
          words = room;
          for (int at = 0; at < old.length; at += WORDS) {
            if (old[at] != 0) {
              System.arraycopy(old, at, room, free(old[at]) * WORDS, WORDS);
            }
          }
        }
      } finally {
        locked = false;
      }
    }

    private static boolean fits(int size, int capacity) {
      return size * 4 <= capacity * 3;
    }

    private int capacity() {
      return words.length / WORDS;
    }

    /// Where `id` would stand if nobody were in its way.
    private int home(long id) {
      return (int) ((id * SPREAD) >>> Integer.SIZE) & (capacity() - 1);
    }

    private int next(int place) {
      return (place + 1) & (capacity() - 1);
    }

    private int find(long id) {
      if (size == 0) {
        return -1;
      }
      for (int place = home(id); words[place * WORDS] != 0; place = next(place)) {
        if (words[place * WORDS] == id) {
          return place * WORDS;
        }
      }
      return -1;
    }

    private int free(long id) {
      int place = home(id);
      while (words[place * WORDS] != 0) {
        place = next(place);
      }
      return place;
    }

    private void remove(int at) {
      int hole = at / WORDS;
      for (int place = next(hole); words[place * WORDS] != 0; place = next(place)) {
        int home = home(words[place * WORDS]);
        boolean mayMove =
            hole <= place ? home <= hole || home > place : home <= hole && home > place;
        if (mayMove) {
          System.arraycopy(words, place * WORDS, words, hole * WORDS, WORDS);
          hole = place;
        }
      }
      words[hole * WORDS] = 0;
      size--;
    }
  }
}
