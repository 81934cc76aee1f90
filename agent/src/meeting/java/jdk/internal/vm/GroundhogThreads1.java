package jdk.internal.vm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.GroundhogHandles1;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import jdk.internal.misc.Unsafe;

/**
 * Stands in for the set in which one of the JDK's thread containers keeps its virtual threads, and
 * does what that set does: to whoever lists, counts, adds or removes threads there is no
 * difference. Between {@link #handOver} and {@link #close} some of its threads are held by handles
 * alone, which a collector looks through.
 *
 * <p>The set that the JDK made is not changed for that. Another one takes its place, with the
 * threads that stay held, and what is added and removed meanwhile is done to the first one
 * afterwards. So an iteration that began before is complete, and the price is that of looking at
 * each thread once.
 *
 * <p>{@code prepare}, {@code handOver} and {@code close} are for one thread at a time, in this
 * order. All else may be called by threads that start or end: they wait for nobody. A thread is added
 * once and removed once.
 */
public final class GroundhogThreads1 extends AbstractSet<Thread> {
  /**
   * Threads that are held by handles alone, as a table by id with linear probing, at most half full,
   * and whoever has them.
   */
  public static final class Handed {
    private static final VarHandle IDS = MethodHandles.arrayElementVarHandle(long[].class);

    /** 0 where nobody is; negative where somebody has left. */
    private final long[] ids;

    private final Reference<Thread>[] handles;
    private final int shift;
    private final AtomicLong left = new AtomicLong();

    /** Of the one whose set of threads this is; null if it has none. */
    private final Reference<?> holder;

    /** @param before whose handles are used again, since collectors look at old ones less often */
    private Handed(List<Thread> threads, Object holder, Handed before) {
      int bits = 65 - Long.numberOfLeadingZeros(threads.size());
      ids = new long[1 << bits];
      handles = array(1 << bits);
      shift = Long.SIZE - bits;
      for (Thread thread : threads) {
        int slot = slot(thread.threadId());
        while (ids[slot] != 0) {
          slot = next(slot);
        }
        ids[slot] = thread.threadId();
        handles[slot] = before == null ? GroundhogHandles1.of(thread) : before.takeOver(thread);
      }
      left.set(threads.size());
      this.holder =
          holder == null
              ? null
              : before == null ? GroundhogHandles1.of(holder) : active(before.holder, holder);
      if (before != null) {
        before.dropThreads();
      }
    }

    /** A handle that has been found holds what it refers to, and is of no more use. */
    private static <T> Reference<T> active(Reference<?> handle, T referent) {
      @SuppressWarnings("unchecked")
      Reference<T> active = (Reference<T>) handle;
      return GroundhogHandles1.wasFound(active) ? GroundhogHandles1.of(referent) : active;
    }

    /** The handle of a thread, which is not of this any more; a new one if there is none. */
    private Reference<Thread> takeOver(Thread thread) {
      int slot = find(thread.threadId());
      Reference<Thread> handle = handles[slot];
      if (handle == null || GroundhogHandles1.wasFound(handle)) {
        return GroundhogHandles1.of(thread);
      }
      handles[slot] = null;
      return handle;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
    private static Reference<Thread>[] array(int size) {
      return new Reference[size];
    }

    private int slot(long id) {
      return (int) ((id * 0x9E3779B97F4A7C15L) >>> shift); // multiplicative hashing
    }

    private int next(int slot) {
      return (slot + 1) & (ids.length - 1);
    }

    /** Where {@code id} is or was; else where nobody is. */
    private int find(long id) {
      int slot = slot(id);
      while (ids[slot] != 0 && Math.abs(ids[slot]) != id) {
        slot = next(slot);
      }
      return slot;
    }

    private boolean has(long id) {
      return (long) IDS.getVolatile(ids, find(id)) == id;
    }

    /** Whether it was there until now. */
    private boolean leave(long id) {
      int slot = find(id);
      boolean was = IDS.compareAndSet(ids, slot, id, -id);
      if (was) {
        left.decrementAndGet();
        drop(handles[slot]); // else it would keep one that has ended
      }
      return was;
    }

    private void drop() {
      dropThreads();
      drop(holder);
    }

    private static void drop(Reference<?> handle) {
      if (handle != null) {
        GroundhogHandles1.drop(handle);
      }
    }

    /** What a handle holds; null if it holds nothing, or another table has it now. */
    private static Thread held(Reference<Thread> handle) {
      return handle == null ? null : GroundhogHandles1.referent(handle);
    }

    private void dropThreads() {
      for (Reference<Thread> handle : handles) {
        drop(handle);
      }
    }

    /** Adds those that have not left. */
    private void addTo(List<Thread> threads) {
      for (int slot = 0; slot < ids.length; slot++) {
        Thread thread = (long) IDS.getVolatile(ids, slot) > 0 ? held(handles[slot]) : null;
        if (thread != null) {
          threads.add(thread);
        }
      }
    }

    /** How many have not left. */
    public long size() {
      return left.get();
    }

    /** Those that a collection has not reached otherwise, and that have not left. */
    public List<Thread> found() {
      List<Thread> found = new ArrayList<>();
      for (int slot = 0; slot < ids.length; slot++) {
        if ((long) IDS.getVolatile(ids, slot) > 0
            && GroundhogHandles1.wasFound(handles[slot])) {
          Thread thread = held(handles[slot]);
          if (thread != null) { // it may leave just now
            found.add(thread);
          }
        }
      }
      return found;
    }

    /** Whose set of threads this is, as it was given; null of one without. */
    public Object holder() {
      return holder == null ? null : GroundhogHandles1.referent(holder);
    }

    /** Whether a collection has not reached the holder, or only by such threads. */
    public boolean isHolderFound() {
      return holder != null && GroundhogHandles1.wasFound(holder);
    }
  }

  /**
   * Where threads are.
   *
   * @param held those that are held
   * @param handed the others; null if there are none
   * @param next what is about to take the place of this, and is kept up to date already; null mostly
   */
  private record Store(Set<Thread> held, Handed handed, Store next) {
    boolean isEmpty() {
      return held.isEmpty() && (handed == null || handed.left.get() == 0);
    }

    long size() {
      return held.size() + (handed == null ? 0 : handed.left.get());
    }

    boolean has(Thread thread) {
      return held.contains(thread) || (handed != null && handed.has(thread.threadId()));
    }

    boolean add(Thread thread) {
      if (next != null) {
        next.add(thread);
      }
      return held.add(thread);
    }

    boolean remove(Thread thread) {
      if (next != null) {
        next.remove(thread);
      }
      boolean wasHeld = held.remove(thread);
      return (handed != null && handed.leave(thread.threadId())) || wasHeld;
    }
  }

  /**
   * What has happened since it was begun, and has to be done to the other set too. Who came and went
   * meanwhile leaves no trace, however many these are.
   */
  private static final class Changes {
    /** Whether they may be in the JDK's own set as well. */
    private final Map<Thread, Boolean> added = new ConcurrentHashMap<>();

    private final Set<Thread> removed = ConcurrentHashMap.newKeySet();

    /** There was no memory for a change. */
    private volatile boolean isIncomplete;

    boolean add(Thread thread, boolean isInOwn) {
      try {
        return added.merge(thread, isInOwn, Boolean::logicalOr) != null;
      } catch (OutOfMemoryError | StackOverflowError e) {
        isIncomplete = true;
        return false;
      }
    }

    boolean remove(Thread thread) {
      try {
        Boolean wasInOwn = added.remove(thread);
        return Boolean.FALSE.equals(wasInOwn) || removed.add(thread);
      } catch (OutOfMemoryError | StackOverflowError e) {
        isIncomplete = true;
        return false;
      }
    }

    /**
     * Does them to {@code store}.
     *
     * @param all what it takes the place of
     */
    void applyTo(Store store, Store all) {
      for (Thread thread : isIncomplete ? all.held : added.keySet()) {
        if (!store.has(thread)) {
          store.add(thread);
        }
        if (isIncomplete ? removed.contains(thread) : !added.containsKey(thread)) {
          store.remove(thread); // it has left meanwhile
        }
      }
      removed.forEach(store::remove);
      if (isIncomplete) {
        store.held.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
      }
    }
  }

  private volatile Store store;

  /** Null while there is nothing to remember. */
  private volatile Changes changes;

  /** What takes the place of the JDK's own set, from {@link #prepare} to {@link #close}. */
  private Store instead;

  /** The JDK's own set while it is replaced. */
  private volatile Reference<Set<Thread>> aside;

  /** What was handed over last, if its handles are to be used again; null if not. */
  private Handed kept;

  /** @param own the JDK's own set, whose threads come and go by this one from now on */
  public GroundhogThreads1(Set<Thread> own) {
    store = new Store(own, null, null);
  }

  /**
   * Takes the place of the JDK's own set in the field that has it, which may be final. Code that was
   * compiled with a constant in it has to be compiled anew.
   *
   * @param holder whose field it is; of a static one null
   */
  public void replace(Field field, Object holder) {
    Unsafe unsafe = Unsafe.getUnsafe();
    if (holder == null) {
      unsafe.putReferenceVolatile(
          unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), this);
    } else {
      unsafe.putReferenceVolatile(holder, unsafe.objectFieldOffset(field), this);
    }
  }

  /**
   * Makes handles for those that are chosen, who are still held until {@link #handOver}.
   *
   * @param holder whose set of threads this is, who gets a handle too; null for none
   * @return those that were chosen
   */
  public Handed prepare(Object holder, Predicate<Thread> isChosen) {
    if (changes != null) {
      throw new IllegalStateException("not closed");
    }
    changes = new Changes();
    try {
      return prepared(holder, isChosen);
    } finally {
      if (aside == null) { // for want of memory
        changes = null;
        instead = null;
      }
    }
  }

  private Handed prepared(Object holder, Predicate<Thread> isChosen) {
    List<Thread> chosen = new ArrayList<>();
    Set<Thread> rest = ConcurrentHashMap.newKeySet();
    Set<Thread> own = store.held;
    for (Thread thread : own) {
      if (isChosen.test(thread)) {
        chosen.add(thread);
      } else {
        rest.add(thread);
      }
    }
    Reference<Set<Thread>> ofOwn = GroundhogHandles1.of(own);
    Handed before = kept;
    kept = null;
    instead = new Store(rest, new Handed(chosen, holder, before), null);
    aside = ofOwn;
    return instead.handed;
  }

  /**
   * Leaves those that were chosen to their handles, of which some may have left since. Whoever
   * calls this must not hold them in another way.
   */
  public void handOver() {
    switchTo(instead);
  }

  /** Whoever asks, before or after or in between, finds all threads, and none that has ended. */
  private void switchTo(Store next) {
    Store now = store;
    store = new Store(now.held, now.handed, next);
    changes.applyTo(next, now);
    store = next;
  }

  /**
   * Holds all threads again. May be called at any time. Where memory is short it may throw, and has
   * to be called again; whoever lists threads meanwhile finds all of them.
   *
   * @param keepsHandles whether the handles are for the next {@link #prepare}; else they hold nothing
   *     any more
   */
  public void close(boolean keepsHandles) {
    if (aside != null) {
      if (store.handed != null || store.next != null) {
        switchTo(new Store(GroundhogHandles1.referent(aside), null, null));
      }
      GroundhogHandles1.drop(aside);
      aside = null;
      kept = instead.handed;
      instead = null;
    }
    changes = null;
    if (!keepsHandles && kept != null) {
      kept.drop();
      kept = null;
    }
  }

  @Override
  public boolean add(Thread thread) {
    boolean wasAdded = false;
    boolean hasOwn = false;
    Changes now;
    Store to;
    do {
      now = changes;
      to = store;
      hasOwn |= to.handed == null;
      wasAdded |= now != null && now.add(thread, hasOwn); // may be done for us before we do it
      wasAdded |= to.add(thread);
      hasOwn = true; // if it was closed meanwhile
    } while (now != changes || to != store);
    return wasAdded;
  }

  @Override
  public boolean remove(Object thread) {
    if (!(thread instanceof Thread leaving)) {
      return false;
    }
    boolean wasThere = false;
    Changes now;
    Store from;
    do {
      now = changes;
      from = store;
      wasThere |= now != null && now.remove(leaving);
      wasThere |= from.remove(leaving);
    } while (now != changes || from != store);
    return wasThere;
  }

  @Override
  public boolean contains(Object thread) {
    if (!(thread instanceof Thread asked)) {
      return false;
    }
    Store now = store;
    boolean has = now.has(asked);
    return now == store ? has : contains(thread);
  }

  @Override
  public boolean isEmpty() {
    Store now = store;
    boolean isEmpty = now.isEmpty() && (now.handed == null || !hasStray());
    return now == store ? isEmpty : isEmpty();
  }

  /**
   * Whether somebody has come into the JDK's own set though it is put aside: by code that had read
   * the field before this took its place, and was off the CPU since.
   */
  private boolean hasStray() {
    Changes since = changes;
    Reference<Set<Thread>> ofOwn = aside;
    Set<Thread> own = ofOwn == null ? null : GroundhogHandles1.referent(ofOwn);
    return own != null && since != null && !since.removed.containsAll(own);
  }

  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, store.size());
  }

  @Override
  public Iterator<Thread> iterator() {
    Iterator<Thread> threads = all().iterator();
    return new Iterator<>() {
      private Thread latest;

      @Override
      public boolean hasNext() {
        return threads.hasNext();
      }

      @Override
      public Thread next() {
        latest = threads.next();
        return latest;
      }

      @Override
      public void remove() {
        GroundhogThreads1.this.remove(latest);
      }
    };
  }

  @Override
  public Spliterator<Thread> spliterator() {
    return Spliterators.spliteratorUnknownSize(
        iterator(), Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.CONCURRENT);
  }

  /** The JDK's own set, or a copy while something is open. */
  private Iterable<Thread> all() {
    while (true) {
      Store now = store;
      if (now.handed == null) {
        return now.held;
      }
      List<Thread> copy = new ArrayList<>(now.held);
      now.handed.addTo(copy);
      if (now == store) {
        return copy;
      }
    }
  }
}
