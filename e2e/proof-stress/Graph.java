import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A random graph of virtual threads that wait, and of who can wake whom. It is made of clusters,
/// of which it is decided first whether they live: one that lives gets something that can run, or
/// another cluster that lives, to hold it; and one that is leaked is held by leaked ones alone. Of
/// these, a cluster is stranded if an executor that can be reached has one of its threads, or if a
/// stranded one reaches it. So the answer is known. For one thread, who must forget it before the
/// proof.
final class Graph {
  /// What is to be said of a thread.
  enum Verdict {
    NONE,
    PROVEN,
    STRANDED
  }

  /// What has to occur often enough, beside the kinds of [Holder].
  enum Feature {
    OTHER_WAITER,
    HELD_THREAD,
    TASKS_FUTURE,
    JOIN,
    LOCK_CYCLE,
    VIRTUAL_OWNER,
    POOL,
    EXECUTOR_RUNNING,
    EXECUTOR_SHUT_DOWN,
    EXECUTOR_AWAITED,
    EXECUTOR_UNREACHABLE,
    STRANDED_BY_STRANDED,
    STRANDED_BY_EXECUTOR_OF_STRANDED,
    CHAIN_OF_THREE
  }

  /// A thread, with what it has in its hands while it waits.
  ///
  /// Its name is empty where another one knows it.
  private static final class Node {
    private final String name;
    private final List<Object> held = new ArrayList<>();

    Node(String name) {
      this.name = name;
    }

    /// Holds what it waits on, also where compiled code would forget it.
    void run(Wait wait) {
      if (!name.isEmpty()) {
        Thread.currentThread().setName(name);
      }
      try {
        wait.await().once();
      } catch (Exception e) {
        // the proof is over
      } finally {
        Reference.reachabilityFence(wait);
        Reference.reachabilityFence(held);
      }
    }
  }

  /// An executor with a thread for each task.
  private static final class Home {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final boolean isReachable;

    /// Whose threads it has.
    private final Set<Cluster> clusters = new HashSet<>();

    Home(boolean isReachable) {
      this.isReachable = isReachable;
    }
  }

  /// Threads that are reached together: whoever has one of the handles reaches all, and so does
  /// each of them.
  private static final class Cluster {
    private final boolean lives;
    private final List<String> names = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Object> handles = new ArrayList<>();

    /// Which others its threads hold, other than by executors.
    private final Set<Cluster> clusters = new HashSet<>();

    /// Which executors they hold, and in which they are.
    private final Set<Home> homes = new HashSet<>();

    /// How long the way is to something that can run.
    private int depth;

    Cluster(boolean lives) {
      this.lives = lives;
    }

    boolean hasReachableHome() {
      return homes.stream().anyMatch(home -> home.isReachable);
    }
  }

  private static final Set<Thread.State> SETTLED =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  private final long seed;
  private final Random random;
  private final Map<String, Verdict> expected;
  private final List<Holder> possible;
  private final List<Home> homes = new ArrayList<>();
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Holder> holders = EnumSet.noneOf(Holder.class);
  private final Set<Feature> features = EnumSet.noneOf(Feature.class);
  private int nodes;

  /// @param possible of these are those that hold something
  /// @param expected gets the verdict of each thread, by name
  Graph(long seed, List<Holder> possible, Map<String, Verdict> expected) {
    this.seed = seed;
    this.possible = possible;
    this.expected = expected;
    random = new Random(seed);
  }

  /// @return the kinds of holders and features in it
  Set<String> plant() throws InterruptedException {
    if (random.nextInt(5) == 0) {
      executors();
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      homes.add(new Home(random.nextInt(5) > 1));
    }
    for (int i = 3 + random.nextInt(6); i > 0; i--) {
      clusters.add(cluster(new Cluster(random.nextBoolean())));
    }
    clusters.stream().filter(cluster -> cluster.lives).forEach(this::keepAlive);
    homes.forEach(this::settle);
    for (int i = random.nextInt(2 * clusters.size()); i > 0; i--) {
      edge(any(clusters), any(clusters));
    }
    expect();
    for (Thread thread : threads) {
      while (!SETTLED.contains(thread.getState())) {
        Thread.sleep(1);
      }
    }
    Set<String> kinds = new TreeSet<>();
    holders.forEach(holder -> kinds.add(holder.name()));
    features.forEach(feature -> kinds.add(feature.name()));
    return kinds;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private Cluster cluster(Cluster cluster) throws InterruptedException {
    switch (random.nextInt(8)) {
      case 0 -> joined(cluster);
      case 1 -> locks(cluster, 2 + random.nextInt(2));
      case 2 -> scope(cluster);
      case 3 -> pool(cluster);
      default -> start(cluster, Wait.random(random));
    }
    return cluster;
  }

  private Node node(Cluster cluster) {
    Node node = new Node("g-" + seed + "-" + nodes++);
    cluster.names.add(node.name);
    cluster.nodes.add(node);
    return node;
  }

  /// Starts a thread somewhere.
  private Thread start(Cluster cluster, Wait wait) throws InterruptedException {
    cluster.handles.add(wait.handle());
    List<Home> possible =
        homes.stream().filter(home -> home.isReachable || !cluster.lives).toList();
    Thread thread =
        possible.isEmpty() || random.nextBoolean()
            ? direct(node(cluster), wait)
            : in(any(possible), cluster, wait);
    threads.add(thread);
    if (random.nextInt(4) == 0) {
      cluster.handles.clear(); // then that is what it is held by
      cluster.handles.add(thread);
      if (cluster.lives) {
        features.add(Feature.HELD_THREAD);
      }
    }
    return thread;
  }

  private static Thread direct(Node node, Wait wait) {
    return Thread.ofVirtual().start(() -> node.run(wait));
  }

  private Thread in(Home home, Cluster cluster, Wait wait) throws InterruptedException {
    home.clusters.add(cluster);
    cluster.homes.add(home);
    Node node = node(cluster);
    Thread[] thread = new Thread[1];
    CountDownLatch started = new CountDownLatch(1);
    Runnable task =
        () -> {
          thread[0] = Thread.currentThread();
          started.countDown();
          node.run(wait);
        };
    if (random.nextBoolean()) {
      home.executor.execute(task);
    } else {
      Future<?> future = home.executor.submit(task);
      if (random.nextBoolean()) {
        cluster.handles.clear();
        cluster.handles.add(future);
        if (cluster.lives) {
          features.add(Feature.TASKS_FUTURE);
        }
      }
    }
    started.await();
    Thread found = thread[0];
    thread[0] = null; // the task still has the array
    return found;
  }

  /// Each has a leaked thread, which holds the next one; the first one can be reached.
  private void executors() throws InterruptedException {
    Home home = new Home(true);
    homes.add(home);
    for (int i = 1 + random.nextInt(2); i >= 0; i--) {
      Cluster cluster = new Cluster(false);
      clusters.add(cluster);
      Wait wait = Wait.random(random);
      cluster.handles.add(wait.handle());
      threads.add(in(home, cluster, wait));
      home = new Home(false);
      homes.add(home);
      edge(cluster, home);
    }
  }

  /// Each waits for the end of the one before.
  private void joined(Cluster cluster) throws InterruptedException {
    Thread before = start(cluster, Wait.random(random));
    List<Object> handles = List.copyOf(cluster.handles);
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      Thread joined = before;
      before = start(cluster, new Wait(joined, joined::join));
    }
    cluster.handles.addAll(handles);
    features.add(Feature.JOIN);
  }

  /// Each has a lock, and waits for that of the next one.
  private void locks(Cluster cluster, int length) throws InterruptedException {
    List<ReentrantLock> locks = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      locks.add(new ReentrantLock());
    }
    CountDownLatch all = new CountDownLatch(length);
    for (int i = 0; i < length; i++) {
      ReentrantLock own = locks.get(i);
      ReentrantLock next = locks.get((i + 1) % length);
      start(
          cluster,
          new Wait(
              own,
              () -> {
                own.lockInterruptibly();
                try {
                  all.countDown();
                  all.await();
                  next.lockInterruptibly();
                  next.unlock();
                } finally {
                  own.unlock();
                }
              }));
    }
    all.await();
    features.add(Feature.LOCK_CYCLE);
  }

  /// The owner has its subtasks, and each of them its owner.
  private void scope(Cluster cluster) throws InterruptedException {
    List<Node> subtasks = List.of(node(cluster), node(cluster));
    List<Wait> waits = List.of(Wait.random(random), Wait.random(random));
    List<Thread> forked = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(subtasks.size());
    List<Object> handles = new ArrayList<>(waits.stream().map(Wait::handle).toList());
    start(
        cluster,
        new Wait(
            waits.getFirst().handle(),
            () -> {
              try (var scope = StructuredTaskScope.open()) {
                for (int i = 0; i < subtasks.size(); i++) {
                  Node subtask = subtasks.get(i);
                  Wait wait = waits.get(i);
                  scope.fork(
                      () -> {
                        synchronized (forked) {
                          forked.add(Thread.currentThread());
                        }
                        started.countDown();
                        subtask.run(wait);
                        return 1;
                      });
                }
                scope.join();
              }
            }));
    started.await();
    synchronized (forked) {
      threads.addAll(forked);
      forked.clear(); // the owner still has the list
    }
    cluster.handles.addAll(handles);
    features.add(Feature.VIRTUAL_OWNER);
  }

  /// A pool holds its threads, those too that have nothing to do.
  private void pool(Cluster cluster) throws InterruptedException {
    int size = 1 + random.nextInt(3);
    Queue<String> names = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < size; i++) {
      String name = "pool-" + seed + "-" + nodes++;
      names.add(name);
    }
    cluster.names.addAll(names);
    Queue<Thread> workers = new ConcurrentLinkedQueue<>();
    ThreadPoolExecutor pool = pool(size, names, workers);
    pool.prestartAllCoreThreads();
    threads.addAll(workers);
    workers.clear(); // the factory still has the list
    if (random.nextBoolean()) {
      Wait wait = Wait.random(random);
      Node busy = new Node("");
      CountDownLatch began = new CountDownLatch(1);
      pool.execute(
          () -> {
            began.countDown();
            busy.run(wait);
          });
      began.await();
      cluster.nodes.add(busy);
      cluster.handles.add(wait.handle());
    }
    cluster.handles.add(pool);
    features.add(Feature.POOL);
  }

  private static ThreadPoolExecutor pool(int size, Queue<String> names, Queue<Thread> workers) {
    ThreadFactory factory =
        body -> {
          Thread thread = Thread.ofVirtual().name(names.remove()).unstarted(body);
          workers.add(thread);
          return thread;
        };
    return new ThreadPoolExecutor(
        size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
  }

  private void keepAlive(Cluster cluster) {
    List<Cluster> before =
        clusters.stream()
            .filter(other -> other.lives && other.depth > 0 && !other.nodes.isEmpty())
            .toList();
    if (before.isEmpty() || random.nextInt(3) == 0) {
      hold(any(cluster.handles));
      cluster.depth = 1;
    } else {
      Cluster other = random.nextBoolean() ? any(before) : before.getLast();
      any(other.nodes).held.add(any(cluster.handles));
      features.add(Feature.OTHER_WAITER);
      cluster.depth = other.depth + 1;
      if (cluster.depth > 2) {
        features.add(Feature.CHAIN_OF_THREE);
      }
    }
  }

  private void hold(Object handle) {
    Holder holder = any(possible);
    holder.hold(handle);
    holders.add(holder);
  }

  /// Makes an executor reachable where it shall be, and shuts some down.
  private void settle(Home home) {
    if (!home.isReachable) {
      features.add(Feature.EXECUTOR_UNREACHABLE);
      List<Cluster> leaked =
          clusters.stream().filter(other -> !other.lives && !other.nodes.isEmpty()).toList();
      List<Cluster> stranded = leaked.stream().filter(Cluster::hasReachableHome).toList();
      if (!leaked.isEmpty() && random.nextInt(3) > 0) {
        edge(any(stranded.isEmpty() ? leaked : stranded), home);
      }
      if (random.nextBoolean()) {
        home.executor.shutdown();
      }
      return;
    }
    int state = random.nextInt(3);
    if (state == 2) { // who awaits it does so for a day at most
      ExecutorService executor = home.executor;
      threads.add(Thread.ofVirtual().name("g-awaits").start(executor::close));
      features.add(Feature.EXECUTOR_AWAITED);
    } else if (home.clusters.stream().noneMatch(cluster -> cluster.lives) || random.nextBoolean()) {
      hold(home.executor);
    }
    if (state == 1) {
      home.executor.shutdown();
      features.add(Feature.EXECUTOR_SHUT_DOWN);
    } else if (state == 0) {
      features.add(Feature.EXECUTOR_RUNNING);
    }
  }

  /// One more reference, which may strand who is leaked, and saves nobody.
  private void edge(Cluster from, Cluster to) {
    if (!from.nodes.isEmpty() && (!from.lives || to.lives)) {
      any(from.nodes).held.add(any(to.handles));
      from.clusters.add(to);
    }
  }

  private void edge(Cluster from, Home to) {
    any(from.nodes).held.add(to.executor);
    from.homes.add(to);
  }

  private void expect() {
    Set<Cluster> stranded = stranded();
    for (Cluster cluster : clusters) {
      Verdict ifLeaked = stranded.contains(cluster) ? Verdict.STRANDED : Verdict.PROVEN;
      cluster.names.forEach(
          name -> expected.put(name, cluster.lives ? Verdict.NONE : ifLeaked));
    }
  }

  /// A thread that is interrupted by the shutdown of its executor may wake, interrupt or shut down
  /// whatever it reaches, and so may who is woken by that.
  private Set<Cluster> stranded() {
    Set<Cluster> stranded = new HashSet<>(clusters);
    stranded.removeIf(cluster -> cluster.lives || !cluster.hasReachableHome());
    Queue<Cluster> next = new ArrayDeque<>(stranded);
    while (!next.isEmpty()) {
      Cluster cluster = next.remove();
      for (Cluster other : cluster.clusters) {
        if (!other.lives && stranded.add(other)) {
          features.add(Feature.STRANDED_BY_STRANDED);
          next.add(other);
        }
      }
      for (Home home : cluster.homes) {
        for (Cluster other : home.clusters) {
          if (!other.lives && stranded.add(other)) {
            features.add(Feature.STRANDED_BY_EXECUTOR_OF_STRANDED);
            next.add(other);
          }
        }
      }
    }
    return stranded;
  }
}
