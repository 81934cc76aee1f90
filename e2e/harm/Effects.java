import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Shows what a proof does to what only leaked threads reach, and that it does no more: for each
/// effect that `docs/proof.md` tells of there is a twin that something else reaches too. Before, it
/// shows that ordinary collections do nothing of that. `java Effects`, with the URL of the agent on
/// the standard input and with `-XX:SoftRefLRUPolicyMSPerMB=0`; ends with 1 if anything differs.
public final class Effects {
  private static final int COLLECTIONS = 3;

  /// References that are about to be enqueued are by then.
  private static final int ENQUEUED_MILLIS = 300;

  /// What leaked threads hold in their stacks.
  private static final String LEAKED = "leaked";

  /// What the statics hold too.
  private static final String HELD = "held";

  private static final Set<Object> STATICS = ConcurrentHashMap.newKeySet();
  private static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicInteger CLEANED = new AtomicInteger();
  private static final AtomicInteger FINALIZED = new AtomicInteger();
  private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();
  private static final Map<String, ThreadLocal<String>> SHARED = new ConcurrentHashMap<>();
  private static final AtomicInteger OWN_CLEARED = new AtomicInteger();
  private static final Map<String, String> LOCALS = new ConcurrentHashMap<>();

  private final Proofs proofs;
  private final WeakHashMap<Object, String> map = new WeakHashMap<>();
  private final Map<String, WeakReference<Object>> weak = new HashMap<>();
  private final Map<String, SoftReference<Object>> soft = new HashMap<>();
  private final List<Reference<Object>> phantoms = new ArrayList<>();
  private final Bus bus = new Bus();
  private int shown;

  /// Something that a thread holds; one each, since some are keys.
  private record Thing(CountDownLatch latch) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /// Forgets a listener that nobody else holds.
  private static final class Bus {
    private final List<WeakReference<Consumer<Set<String>>>> listeners = new ArrayList<>();

    void listen(Consumer<Set<String>> listener) {
      listeners.add(new WeakReference<>(listener));
    }

    /// @return who was told
    Set<String> publish() {
      Set<String> told = new HashSet<>();
      for (WeakReference<Consumer<Set<String>>> listener : listeners) {
        Consumer<Set<String>> found = listener.get();
        if (found != null) {
          found.accept(told);
        }
      }
      return told;
    }
  }

  @SuppressWarnings("removal")
  private static final class Finalizable {
    @Override
    protected void finalize() {
      FINALIZED.incrementAndGet();
    }
  }

  private Effects(Proofs proofs) {
    this.proofs = proofs;
  }

  public static void main(String[] args) throws Exception {
    String url = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).trim();
    Effects effects = new Effects(new Proofs(url));
    effects.proofs.each(_ -> {}); // what it loads is not part of what is shown
    effects.plant();
    effects.ordinarily();
    effects.byProof();
    effects.stranded();
    System.out.printf(
        "%d effects and twins are as they are documented, wrong %d%n",
        effects.shown, Tally.wrong());
    System.exit(Tally.wrong() == 0 ? 0 : 1);
  }

  private void show(boolean isRight, String what) {
    shown++;
    Tally.check(isRight, what);
  }

  private void plant() throws InterruptedException {
    for (String who : List.of(LEAKED, HELD)) {
      Object key = thing(who);
      map.put(key, who);
      wait("key-" + who, key);
      Object referent = thing(who);
      weak.put(who, new WeakReference<>(referent));
      wait("weak-" + who, referent);
      Consumer<Set<String>> listener = told -> told.add(who);
      hold(who, listener);
      bus.listen(listener);
      wait("listener-" + who, listener);
      for (String use : List.of("unused", "used")) {
        Object softly = thing(who);
        soft.put(use + "-" + who, new SoftReference<>(softly));
        wait("soft-" + use + "-" + who, softly);
      }
      Object phantom = thing(who);
      phantoms.add(new PhantomReference<>(phantom, QUEUE));
      CLEANER.register(phantom, CLEANED::incrementAndGet);
      wait("phantom-" + who, phantom);
      Object finalizable = new Finalizable();
      hold(who, finalizable);
      wait("finalizable-" + who, finalizable);
      waker(who);
    }
  }

  private static Thing thing(String who) {
    Thing thing = new Thing(new CountDownLatch(1));
    hold(who, thing);
    return thing;
  }

  private static void hold(String who, Object object) {
    if (who.equals(HELD)) {
      STATICS.add(object);
    }
  }

  /// Waits for what nobody else knows, whatever it holds.
  private static void wait(String name, Object held) throws InterruptedException {
    wait(name, new CountDownLatch(1), held);
  }

  private static void wait(String name, CountDownLatch latch, Object held)
      throws InterruptedException {
    until(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    latch.await();
                  } catch (InterruptedException e) {
                    Tally.wrong(name + " was interrupted");
                  } finally {
                    Reference.reachabilityFence(held);
                  }
                }));
  }

  private static void until(Thread waiting) throws InterruptedException {
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
  }

  /// A waiter that a weak reference can wake, and nothing else if it is a leaked one.
  private void waker(String who) throws InterruptedException {
    Thing thing = thing(who);
    weak.put("waker-" + who, new WeakReference<>(thing));
    wait("waker-" + who, thing.latch, thing);
  }

  /// Collections that nobody proves anything by: nothing is lost, of whomever.
  private void ordinarily() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Thread.sleep(ENQUEUED_MILLIS);
    show(map.size() == 2, "an ordinary collection takes an entry of a WeakHashMap");
    weak.forEach((who, each) -> show(!each.refersTo(null), "an ordinary collection clears " + who));
    soft.forEach((who, each) -> show(!each.refersTo(null), "an ordinary collection clears " + who));
    show(bus.publish().size() == 2, "an ordinary collection takes a listener");
    untouched("an ordinary collection");
  }

  private void untouched(String after) {
    show(QUEUE.poll() == null, "a phantom reference is enqueued after " + after);
    show(CLEANED.get() == 0, "a cleaner runs after " + after);
    show(FINALIZED.get() == 0, "a finalizer runs after " + after);
  }

  private void byProof() throws IOException, InterruptedException {
    soft.get("used-" + LEAKED).get();
    soft.get("used-" + HELD).get();
    Map<String, Boolean> found = prove();
    show(List.copyOf(map.values()).equals(List.of(HELD)), "a WeakHashMap has " + map.values());
    weak.forEach(
        (who, each) ->
            show(each.refersTo(null) == who.endsWith(LEAKED), "the weak reference: " + who));
    Set<String> told = bus.publish();
    show(told.equals(Set.of(HELD)), "an event is told to " + told);
    soft.forEach(
        (who, each) ->
            show(
                each.refersTo(null) == who.equals("unused-" + LEAKED),
                "the soft reference: " + who));
    Thread.sleep(ENQUEUED_MILLIS);
    untouched("a proof");
    List<String> kinds =
        List.of("key", "weak", "listener", "soft-unused", "soft-used", "phantom", "finalizable");
    for (String kind : kinds) {
      for (String who : List.of(LEAKED, HELD)) {
        String name = kind + "-" + who;
        show(Boolean.FALSE.equals(found.get(name)), name + " is told as " + found.get(name));
      }
    }
    show(
        Boolean.FALSE.equals(found.get("waker-" + LEAKED)),
        "who waits for a weak reference is not told");
    show(!found.containsKey("waker-" + HELD), "who can be woken is told");
    Reference.reachabilityFence(phantoms);
  }

  /// @return who is told, and whether as stranded
  private Map<String, Boolean> prove() throws IOException {
    Map<String, Boolean> found = new HashMap<>();
    proofs.each(thread -> found.put(thread.name(), thread.isStranded()));
    return found;
  }

  /// Whom the shutdown of its executor interrupts finds what it alone has as it was: its thread
  /// locals, and its own weak references, which no collection came by. The value that a thread
  /// which runs has for such a thread local is gone.
  private void stranded() throws Exception {
    for (String who : List.of(LEAKED, HELD)) {
      CountDownLatch begun = new CountDownLatch(1);
      Thread[] thread = new Thread[1];
      EXECUTOR.execute(
          () -> {
            thread[0] = Thread.currentThread();
            local(who, begun);
          });
      begun.await();
      SHARED.remove(who).set("lent");
      Thread waiting = thread[0];
      thread[0] = null; // the task still has the array
      until(waiting);
    }
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Map<String, Boolean> found = prove();
    for (String who : List.of(LEAKED, HELD)) {
      show(Boolean.TRUE.equals(found.get("local-" + who)), "local-" + who + " is not stranded");
    }
    EXECUTOR.shutdownNow();
    EXECUTOR.close();
    show(LOCALS.equals(Map.of(LEAKED, "there", HELD, "there")), "thread locals are " + LOCALS);
    show(SHARED.get(LEAKED).get() == null, "a thread that runs has its value of a leaked one's");
    show("lent".equals(SHARED.get(HELD).get()), "a thread that runs has lost a value");
    show(OWN_CLEARED.get() == 0, "weak references of stranded threads are cleared");
  }

  private static void local(String who, CountDownLatch begun) {
    Thread.currentThread().setName("local-" + who);
    ThreadLocal<String> local = new ThreadLocal<>();
    hold(who, local);
    local.set("there");
    SHARED.put(who, local);
    begun.countDown();
    WeakReference<Object> own = new WeakReference<>(local);
    CountDownLatch latch = new CountDownLatch(1);
    try {
      latch.await();
      Tally.wrong("local-" + who + " went on");
    } catch (InterruptedException e) {
      String value = local.get();
      LOCALS.put(who, value == null ? "gone" : value);
      SHARED.put(who, local);
      OWN_CLEARED.addAndGet(own.refersTo(null) ? 1 : 0);
    }
  }
}
