package dev.groundhog.agent.internal.births;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.OptionalInt;

/// The recorded starts of threads that have not ended, by the thread's id: 32 bytes each in a hash
/// table that is at most three quarters full, so 43 to 86 bytes as long as their number grows, up
/// to 256 where many more were there before, and nothing of the thread itself. The table is split
/// into stripes, each with a spin lock of its own: what calls this is a thread that starts or ends,
/// which must not park. Nothing is done under a lock but to find, to move and, when a stripe grows,
/// to copy.
///
/// Bounded: a stripe that is full takes no more.
final class BirthLog {
  private static final int STRIPES = 64;
  private static final int MIN_CAPACITY = 4;

  /// Some six millions in all; ids are spread evenly.
  private static final int MAX_CAPACITY = 1 << 17;

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

  /// Takes what was recorded of one thread.
  interface Taker {
    /// @param creator the id of the thread that started it
    /// @param startedNanos [System#nanoTime] when it was started
    /// @param site the number of its creation site
    void take(long id, long creator, long startedNanos, int site, int tag);
  }

  private final Stripe[] stripes = new Stripe[STRIPES];

  BirthLog() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /// Whether there was room for it.
  boolean add(long id, long creator, long startedNanos, int site, int tag) {
    Stripe stripe = stripe(id);
    stripe.lock();
    try {
      return stripe.add(id, creator, startedNanos, (long) site << Integer.SIZE | tag);
    } finally {
      stripe.unlock();
    }
  }

  /// Forgets a thread.
  ///
  /// @return the number of its creation site; empty if it is not known
  OptionalInt remove(long id) {
    Stripe stripe = stripe(id);
    stripe.lock();
    try {
      int at = stripe.find(id);
      if (at < 0) {
        return OptionalInt.empty();
      }
      int site = site(stripe.words[at + SITE_AND_TAG]);
      stripe.remove(at);
      return OptionalInt.of(site);
    } finally {
      stripe.unlock();
    }
  }

  /// The tag of a thread, 0 if it has none or is not known.
  int tag(long id) {
    Stripe stripe = stripe(id);
    stripe.lock();
    try {
      int at = stripe.find(id);
      return at < 0 ? 0 : (int) stripe.words[at + SITE_AND_TAG];
    } finally {
      stripe.unlock();
    }
  }

  /// Gives on what is known of one thread, if it is.
  ///
  /// @return whether it is
  boolean find(long id, Taker taker) {
    long[] found = new long[WORDS];
    Stripe stripe = stripe(id);
    stripe.lock();
    try {
      int at = stripe.find(id);
      if (at < 0) {
        return false;
      }
      System.arraycopy(stripe.words, at, found, 0, WORDS);
    } finally {
      stripe.unlock();
    }
    take(found, 0, taker);
    return true;
  }

  /// Gives on what is known of every thread; those that start or end meanwhile may be missing.
  void each(Taker taker) {
    for (Stripe stripe : stripes) {
      long[] copy = stripe.copy();
      for (int at = 0; at < copy.length; at += WORDS) {
        if (copy[at] != 0) {
          take(copy, at, taker);
        }
      }
    }
  }

  private static void take(long[] words, int at, Taker taker) {
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
    private volatile boolean locked;
    private long[] words = new long[MIN_CAPACITY * WORDS];
    private int size;

    void lock() {
      while (!LOCKED.compareAndSet(this, false, true)) {
        Thread.onSpinWait();
      }
    }

    void unlock() {
      locked = false;
    }

    /// A copy that is not made under the lock while it has to grow.
    long[] copy() {
      long[] room = new long[0];
      while (true) {
        lock();
        try {
          if (room.length == words.length) {
            System.arraycopy(words, 0, room, 0, room.length);
            return room;
          }
        } finally {
          unlock();
        }
        room = new long[words.length];
      }
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

    int find(long id) {
      for (int place = home(id); words[place * WORDS] != 0; place = next(place)) {
        if (words[place * WORDS] == id) {
          return place * WORDS;
        }
      }
      return -1;
    }

    boolean add(long id, long creator, long startedNanos, long siteAndTag) {
      if ((size + 1) * 4 > capacity() * 3) {
        if (capacity() == MAX_CAPACITY) {
          return false;
        }
        resize(capacity() * 2);
      }
      put(id, creator, startedNanos, siteAndTag);
      size++;
      return true;
    }

    private void put(long id, long creator, long startedNanos, long siteAndTag) {
      int place = home(id);
      while (words[place * WORDS] != 0) {
        place = next(place);
      }
      int at = place * WORDS;
      words[at] = id;
      words[at + CREATOR] = creator;
      words[at + STARTED] = startedNanos;
      words[at + SITE_AND_TAG] = siteAndTag;
    }

    void remove(int at) {
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
      if (capacity() > MIN_CAPACITY && size * 8 < capacity()) {
        resize(capacity() / 2);
      }
    }

    private void resize(int capacity) {
      long[] old = words;
      words = new long[capacity * WORDS];
      for (int at = 0; at < old.length; at += WORDS) {
        if (old[at] != 0) {
          put(old[at], old[at + CREATOR], old[at + STARTED], old[at + SITE_AND_TAG]);
        }
      }
    }
  }
}
