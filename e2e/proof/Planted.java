import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Plants virtual threads that wait: each of the [Ways] once so that nothing can ever wake it, and
/// once so that one of the [Holders] can, which is all the difference. What it has planted it tells,
/// `planted ID NAME VERDICT WAY HOLDER`, with `-` for no verdict; names are random, and so is which
/// holder a way gets. It does what it reads, one word a line, and says `ready` when all threads wait:
///
/// - `plant`: more of those that an ordinary collection takes once they are leaked;
/// - `collect`: an ordinary collection;
/// - `churn`: makes garbage until the collector has worked for its own reasons;
/// - `wake`: lets all holders wake what they hold, tells who of the live ones did not end and whoever
///   ended before that, and exits.
///
/// It holds no thread itself. `java --enable-preview Planted SEED [WITHOUT]`, which is a holder that
/// is not used.
public final class Planted {
  private static final long PATIENCE_NANOS = 20_000_000_000L;
  private static final long PAUSE_MILLIS = 10;

  private static final int CHUNK = 100_000;
  private static final int CHURNED = 20_000;

  /// So often in a row all threads must be seen waiting.
  private static final int LOOKS = 3;

  private static Random random = new Random();

  /// Those that were started and may not wait yet; empty but for a moment.
  private static final List<Thread> STARTED = Collections.synchronizedList(new ArrayList<>());

  /// How many were planted.
  private static final AtomicInteger TOLD = new AtomicInteger();

  /// By name, with what holds them.
  private static final Map<String, String> LIVE = new ConcurrentHashMap<>();

  private static final Set<String> ENDED = ConcurrentHashMap.newKeySet();

  private Planted() {}

  /// What a planted thread does.
  interface Body {
    void run() throws Exception;
  }

  /// What is planted at once, for one expected verdict.
  ///
  /// @param verdict of all threads
  /// @param way how they wait
  /// @param holder what can wake them
  record Planting(String verdict, String way, String holder) {
    /// Starts a virtual thread.
    Thread thread(Body body) {
      Thread thread = unstarted(body);
      thread.start();
      return thread;
    }

    /// As [#thread], for who starts it.
    Thread unstarted(Body body) {
      String name = name();
      Thread thread = Thread.ofVirtual().name(name).unstarted(() -> run(name, body));
      tell(thread, name);
      return thread;
    }

    /// Starts what makes other threads planted ones, and returns when they are.
    void others(int threads, Body start) {
      int told = TOLD.get();
      try {
        start.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      while (TOLD.get() < told + threads) {
        Thread.yield();
      }
    }

    /// Makes the current thread a planted one.
    void here(Body body) {
      String name = name();
      Thread.currentThread().setName(name);
      tell(Thread.currentThread(), name);
      run(name, body);
    }

    private void tell(Thread thread, String name) {
      STARTED.add(thread);
      if (verdict.equals("-")) {
        LIVE.put(name, holder);
      }
      System.out.printf(
          "planted %d %s %s %s %s%n", thread.threadId(), name, verdict, way, holder);
      TOLD.incrementAndGet();
    }

    private static void run(String name, Body body) {
      try {
        body.run();
      } catch (Exception _) {
        // it was woken that way
      } finally {
        ENDED.add(name);
      }
    }
  }

  /// As other threads ask for it too.
  private static synchronized String name() {
    return "t" + Long.toHexString(random.nextLong() >>> 1);
  }

  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[0]);
    random = new Random(seed);
    System.out.println("seed " + seed);
    plantAll(new Random(seed), args.length > 1 ? args[1] : "");
    settle();
    BufferedReader words =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String word = words.readLine(); word != null; word = words.readLine()) {
      switch (word) {
        case "plant" -> Ways.vanishing().forEach(Planted::leak);
        case "collect" -> collect();
        case "churn" -> churn();
        case "wake" -> {
          wake();
          return;
        }
        default -> throw new IllegalArgumentException(word);
      }
      settle();
    }
  }

  private static void plantAll(Random order, String without) throws Exception {
    List<Holders.Kind> holders = new ArrayList<>();
    List<Ways.Kind> ways = new ArrayList<>(Ways.staying());
    for (Ways.Kind way : ways) {
      leak(way);
    }
    ways.addAll(Ways.vanishing());
    while (holders.size() < ways.size()) {
      holders.addAll(
          Holders.all().stream().filter(holder -> !holder.name().equals(without)).toList());
    }
    do {
      Collections.shuffle(ways, order);
    } while (vanishesByItself(ways, holders));
    for (int i = 0; i < ways.size(); i++) {
      Holders.Kind holder = holders.get(i);
      holder.hold(
          new Planting("-", "holder", holder.name()),
          ways.get(i).plant("-", holder.name()));
    }
  }

  /// When an object with a finalizer has become garbage, the JDK loses the executor that it holds from
  /// its lists, with or without a proof.
  private static boolean vanishesByItself(List<Ways.Kind> ways, List<Holders.Kind> holders) {
    return IntStream.range(0, ways.size())
        .filter(i -> holders.get(i).name().equals(Holders.FINALIZER))
        .anyMatch(i -> Ways.vanishing().stream().map(Ways.Kind::name).anyMatch(ways.get(i).name()::equals));
  }

  private static void leak(Ways.Kind way) {
    way.plant(way.verdict(), "nothing"); // and what would wake it is dropped
  }

  /// Returns when all that were started wait, and lets go of them.
  private static void settle() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (int seen = 0; seen < LOOKS; seen++) {
      Thread.sleep(PAUSE_MILLIS);
      if (!allWait()) {
        seen = -1;
        if (System.nanoTime() > end) {
          throw new IllegalStateException("some do not wait: " + STARTED);
        }
      }
    }
    STARTED.clear();
    System.out.println("ready");
  }

  private static boolean allWait() {
    synchronized (STARTED) {
      return STARTED.stream()
          .map(Thread::getState)
          .allMatch(
              state ->
                  state == Thread.State.WAITING
                      || state == Thread.State.TIMED_WAITING
                      || state == Thread.State.BLOCKED);
    }
  }

  /// What only soft references hold was just used, so that it stays.
  private static void collect() {
    Holders.useSoftReferences();
    System.gc();
  }

  /// Of what is made, some lives for some collections and becomes garbage when it is old.
  private static void churn() {
    Holders.useSoftReferences();
    Deque<byte[]> recent = new ArrayDeque<>();
    for (int made = 0; made < CHURNED; made++) {
      recent.add(new byte[CHUNK]);
      if (recent.size() > CHURNED / 100) {
        recent.remove();
      }
    }
  }

  private static void wake() throws InterruptedException {
    System.out.println("early " + ENDED);
    Holders.fire();
    awaitEnded(Holders.SHUTDOWN_HOOK);
    Holders.atShutdown(() -> {
      awaitEnded("");
      List<String> leaks = new ArrayList<>(ENDED);
      leaks.removeAll(LIVE.keySet());
      System.out.println("woken " + ENDED.size() + " leaks " + leaks + " unwoken " + unwoken(""));
      System.out.println("finalized " + Holders.finalized());
    });
    System.exit(0);
  }

  private static List<String> unwoken(String excusedHolder) {
    return LIVE.entrySet().stream()
        .filter(live -> !ENDED.contains(live.getKey()) && !live.getValue().equals(excusedHolder))
        .map(live -> live.getKey() + " " + live.getValue())
        .toList();
  }

  private static void awaitEnded(String excusedHolder) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!unwoken(excusedHolder).isEmpty() && System.nanoTime() < end) {
      Thread.sleep(PAUSE_MILLIS);
      System.gc(); // for what finalizers and cleaners hold
    }
  }
}
