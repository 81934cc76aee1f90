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
 * threads that stay held. So an iteration that began before is complete, and the price is that of
 * looking at each thread once. For one proof the first set is put aside, and what is added and
 * removed meanwhile is done to it afterwards.
 *
 * <p>{@code prepare}, {@code handOver} and {@code close} are for one thread at a time, in this
 * order; so is {@code takeInStrays}, before. All else may be called by threads that start or end:
 * they wait for nobody. A thread is added once and removed once.
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
        handles[slot] = before == null ? GroundhogHandles1.of(thread) : before.shared(thread);
      }
      left.set(threads.size());
      this.holder =
          holder == null
              ? null
              : before == null ? GroundhogHandles1.of(holder) : active(before.holder, holder);
    }

    /** A handle that has been found holds what it refers to, and is of no more use. */
    private static <T> Reference<T> active(Reference<?> handle, T referent) {
      @SuppressWarnings("unchecked")
      Reference<T> active = (Reference<T>) handle;
      return GroundhogHandles1.wasFound(active) ? GroundhogHandles1.of(referent) : active;
    }

    /** The handle of a thread, to be used by another table too; a new one if there is none. */
    private Reference<Thread> shared(Thread thread) {
      Reference<Thread> handle = handles[find(thread.threadId())];
      return handle == null ? GroundhogHandles1.of(thread) : active(handle, thread);
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
        GroundhogHandles1.drop(handles[slot]); // else it would keep one that has ended
      }
      return was;
    }

    /** Lets go of all that {@code others} do not share, which may be null. */
    private void drop(Handed others) {
      for (int slot = 0; slot < ids.length; slot++) {
        Reference<Thread> handle = handles[slot];
        if (handle != null
            && (others == null || others.handles[others.find(Math.abs(ids[slot]))] != handle)) {
          GroundhogHandles1.drop(handle);
        }
      }
      if (holder != null && (others == null || others.holder != holder)) {
        GroundhogHandles1.drop(holder);
      }
    }

    /** Adds those that have not left. */
    private void addTo(List<Thread> threads) {
      for (int slot = 0; slot < ids.length; slot++) {
        Thread thread = (long) IDS.getVolatile(ids, slot) > 0 ? GroundhogHandles1.referent(handles[slot]) : null;
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
          Thread thread = GroundhogHandles1.referent(handles[slot]);
          if (thread != null) { // it may leave just now
            found.add(thread);
          }
        }
      }
      return found;
    }

    /** Whether a collection has not reached some of them otherwise, also of those that have left. */
    public boolean hasFound() {
      for (Reference<Thread> handle : handles) {
        if (handle != null && GroundhogHandles1.wasFound(handle)) {
          return true;
        }
      }
      return false;
    }

    /** Whose set of threads this is, as it was given; null of one without, and once it is closed. */
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
    /** Whether they may be in the other set as well. */
    private final Map<Thread, Boolean> added = new ConcurrentHashMap<>();

    private final Set<Thread> removed = ConcurrentHashMap.newKeySet();

    /** Whether what was there before is looked at while this grows. */
    private final boolean isOfLook;

    /** There was no memory for a change. */
    private volatile boolean isIncomplete;

    Changes(boolean isOfLook) {
      this.isOfLook = isOfLook;
    }

    boolean add(Thread thread, boolean isInOther) {
      try {
        return added.merge(thread, isInOther || isOfLook, Boolean::logicalOr) != null;
      } catch (OutOfMemoryError | StackOverflowError e) {
        isIncomplete = true;
        return false;
      }
    }

    boolean remove(Thread thread) {
      try {
        Boolean wasInOther = added.remove(thread);
        return Boolean.FALSE.equals(wasInOther) || removed.add(thread);
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

  /** What is about to take the place of what there is. */
  private Store instead;

  /** Those that have handles and are held all the same; null if there are none. */
  private Handed watched;

  /** The set that all threads were in, while another takes its place for one proof. */
  private volatile Reference<Set<Thread>> aside;

  /**
   * The JDK's own set. Code that has read the field before this took its place may use it still.
   * Null once a collection has found that there is no such code.
   */
  private volatile Reference<Set<Thread>> own;

  /** @param own the JDK's own set, whose threads come and go by this one from now on */
  public GroundhogThreads1(Set<Thread> own) {
    store = new Store(own, null, null);
    this.own = GroundhogHandles1.of(own);
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
   * Makes handles for those that are chosen, who are held as they were until {@link #handOver}. Those
   * of threads that were handed over before are used again.
   *
   * @param holder whose set of threads this is, who gets a handle too; null for none
   * @param isStanding whether those that are chosen stay handed over while threads come and go: then
   *     it takes longer to close; else it is for a moment
   * @return those that were chosen
   */
  public Handed prepare(Object holder, boolean isStanding, Predicate<Thread> isChosen) {
    if (changes != null) {
      throw new IllegalStateException("not closed");
    }
    takeInStrays();
    changes = new Changes(isStanding);
    boolean isPrepared = false;
    try {
      List<Thread> chosen = new ArrayList<>();
      Set<Thread> rest = ConcurrentHashMap.newKeySet();
      for (Thread thread : all()) {
        if (isChosen.test(thread)) {
          chosen.add(thread);
        } else if (!hasLeftUnseen(thread)) {
          rest.add(thread);
        }
      }
      instead = new Store(rest, new Handed(chosen, holder, latest()), null);
      aside = isStanding ? null : GroundhogHandles1.of(store.held);
      isPrepared = true;
      return instead.handed;
    } finally {
      if (!isPrepared) { // for want of memory
        instead = null;
        changes = null;
      }
    }
  }

  /**
   * Leaves those that were chosen to their handles, of which some may have left since. Whoever
   * calls this must not hold them in another way.
   */
  public void handOver() {
    if (instead == null) {
      return; // they are watched
    }
    Handed before = latest();
    switchTo(instead);
    watched = null;
    if (aside == null) {
      instead = null;
      changes = null;
    }
    if (before != null) {
      before.drop(store.handed);
    }
  }

  /**
   * Makes handles for those that are chosen, who stay held by this all the same, until {@link
   * #close}. Those of threads that had some are used again.
   *
   * @param holder as {@link #prepare} takes it
   * @return those that were chosen; none leaves it
   */
  public Handed watch(Object holder, Predicate<Thread> isChosen) {
    if (changes != null) {
      throw new IllegalStateException("not closed");
    }
    takeInStrays();
    Handed before = latest();
    List<Thread> chosen = new ArrayList<>();
    for (Thread thread : all()) {
      if (isChosen.test(thread)) {
        chosen.add(thread);
      }
    }
    Handed next = new Handed(chosen, holder, before);
    holdAll();
    watched = next;
    if (before != null) {
      before.drop(next);
    }
    return next;
  }

  /** By the way of the JDK's own set, which is replaced: what is done here would not be undone. */
  private boolean hasLeftUnseen(Thread thread) {
    return own != null && aside == null && thread.getState() == Thread.State.TERMINATED;
  }

  /** Whose handles are there; null if there are none. */
  private Handed latest() {
    return store.handed == null ? watched : store.handed;
  }

  /** Whoever asks, before or after or in between, finds all threads, and none that has ended. */
  private void switchTo(Store next) {
    Store now = store;
    store = new Store(now.held, now.handed, next);
    changes.applyTo(next, now);
    store = next;
  }

  /**
   * Holds all threads again; the handles hold nothing any more. May be called at any time. Where
   * memory is short it may throw, and has to be called again; whoever lists threads meanwhile finds
   * all of them.
   */
  public void close() {
    Handed open = latest();
    holdAll();
    if (instead != null) {
      instead.handed.drop(null);
      instead = null;
    }
    if (open != null) {
      open.drop(null);
    }
    watched = null;
  }

  private void holdAll() {
    if (aside != null) {
      if (store.handed != null || store.next != null) {
        switchTo(new Store(GroundhogHandles1.referent(aside), null, null));
      }
      GroundhogHandles1.drop(aside);
      aside = null;
    } else if (store.handed != null || store.next != null) {
      changes = new Changes(true);
      Set<Thread> all = ConcurrentHashMap.newKeySet();
      all().forEach(all::add);
      switchTo(new Store(all, null, null));
    }
    changes = null;
  }

  /** Whether threads have handles, or are about to have some. */
  public boolean isOpen() {
    return latest() != null || instead != null;
  }

  @Override
  public boolean add(Thread thread) {
    boolean wasAdded = false;
    boolean isInOther = false;
    Changes now;
    Store to;
    do {
      now = changes;
      to = store;
      isInOther |= to.handed == null;
      wasAdded |= now != null && now.add(thread, isInOther); // may be done for us before we do it
      wasAdded |= to.add(thread);
      isInOther = true; // if it was closed meanwhile
    } while (now != changes || to != store);
    return wasAdded;
  }

  @Override
  public boolean remove(Object thread) {
    if (!(thread instanceof Thread leaving)) {
      return false;
    }
    boolean wasThere = leaveReplaced(leaving);
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

  /**
   * Leaves the JDK's own set too while that is replaced for good, and before anything else: who is in
   * it and nowhere else has come by it.
   */
  private boolean leaveReplaced(Thread leaving) {
    Reference<Set<Thread>> handle = own;
    if (handle == null || aside != null) {
      return false;
    }
    Set<Thread> replaced = GroundhogHandles1.referent(handle);
    return replaced != null && replaced != store.held && replaced.remove(leaving);
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

  /** Whether somebody has come into the JDK's own set though that is replaced. */
  private boolean hasStray() {
    Reference<Set<Thread>> handle = own;
    Set<Thread> replaced = handle == null ? null : GroundhogHandles1.referent(handle);
    if (replaced != null) {
      for (Thread thread : replaced) {
        if (isStray(thread)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isStray(Thread thread) {
    Changes since = changes;
    return thread.getState() != Thread.State.TERMINATED
        && (since == null || !since.removed.contains(thread))
        && !contains(thread);
  }

  /**
   * Takes in who has come into the JDK's own set though that is replaced, and lets go of a handle
   * that a collection has found, which would hold that set. Once nobody can come that way any more
   * the set is forgotten.
   */
  public void takeInStrays() {
    Reference<Set<Thread>> handle = own;
    if (handle == null) {
      return;
    }
    boolean isLast = GroundhogHandles1.wasFound(handle); // before they are looked for
    if (store.held == GroundhogHandles1.referent(handle)) {
      if (isLast) {
        own = GroundhogHandles1.of(store.held); // it was replaced for one proof only
        GroundhogHandles1.drop(handle); // which the JVM may hold until it has dealt with it
      }
      return;
    }
    Set<Thread> replaced = GroundhogHandles1.referent(handle);
    for (Thread thread : replaced) {
      if (isStray(thread)) {
        add(thread);
        if (!replaced.contains(thread)) {
          remove(thread); // it has left meanwhile
        }
      }
    }
    if (isLast) {
      own = null;
      GroundhogHandles1.drop(handle);
    }
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
