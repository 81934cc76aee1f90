import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.EnumSet;
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
/// another cluster that lives, to hold it; and one that is leaked is held by leaked ones alone. So
/// the answer is known. For one thread, who must forget it before the proof.
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

    void run(Wait.Await await) {
      if (!name.isEmpty()) {
        Thread.currentThread().setName(name);
      }
      try {
        await.once();
      } catch (Exception e) {
        // the proof is over
      } finally {
        Reference.reachabilityFence(held);
      }
    }
  }

  /// An executor with a thread for each task.
  private static final class Home {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final boolean isReachable;
    private boolean hasLiving;

    Home(boolean isReachable) {
      this.isReachable = isReachable;
    }
  }

  /// Threads that are reached together: whoever has one of the handles reaches all.
  private static final class Cluster {
    private final boolean lives;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Object> handles = new ArrayList<>();

    /// How long the way is to something that can run.
    private int depth;

    Cluster(boolean lives) {
      this.lives = lives;
    }
  }

  private static final Set<Thread.State> SETTLED =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  private final long seed;
  private final Random random;
  private final Map<String, Verdict> expected;
  private final List<Home> homes = new ArrayList<>();
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Holder> holders = EnumSet.noneOf(Holder.class);
  private final Set<Feature> features = EnumSet.noneOf(Feature.class);
  private int nodes;

  /// @param expected gets the verdict of each thread, by name
  Graph(long seed, Map<String, Verdict> expected) {
    this.seed = seed;
    this.expected = expected;
    random = new Random(seed);
  }

  /// @return the kinds of holders and features in it
  Set<String> plant() throws InterruptedException {
    for (int i = random.nextInt(3); i > 0; i--) {
      homes.add(new Home(random.nextInt(3) > 0));
    }
    for (int i = 3 + random.nextInt(6); i > 0; i--) {
      clusters.add(cluster(new Cluster(random.nextBoolean())));
    }
    clusters.stream().filter(cluster -> cluster.lives).forEach(this::keepAlive);
    homes.forEach(this::settle);
    for (int i = random.nextInt(2 * clusters.size()); i > 0; i--) {
      edge(any(clusters), any(clusters));
    }
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

  private Node node(Cluster cluster, Verdict ifLeaked) {
    Node node = new Node("g-" + seed + "-" + nodes++);
    expected.put(node.name, cluster.lives ? Verdict.NONE : ifLeaked);
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
            ? direct(node(cluster, Verdict.PROVEN), wait)
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
    return Thread.ofVirtual().start(() -> node.run(wait.await()));
  }

  private Thread in(Home home, Cluster cluster, Wait wait) throws InterruptedException {
    home.hasLiving |= cluster.lives;
    Node node = node(cluster, home.isReachable ? Verdict.STRANDED : Verdict.PROVEN);
    Thread[] thread = new Thread[1];
    CountDownLatch started = new CountDownLatch(1);
    Runnable task =
        () -> {
          thread[0] = Thread.currentThread();
          started.countDown();
          node.run(wait.await());
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

  /// What interrupts the owner ends its subtasks, so that they are told as it is.
  private void scope(Cluster cluster) throws InterruptedException {
    List<Node> subtasks = List.of(node(cluster, Verdict.NONE), node(cluster, Verdict.NONE));
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
                        subtask.run(wait.await());
                        return 1;
                      });
                }
                scope.join();
              }
            }));
    Verdict ofOwner = expected.get(cluster.nodes.getLast().name);
    subtasks.forEach(subtask -> expected.put(subtask.name, ofOwner));
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
      expected.put(name, cluster.lives ? Verdict.NONE : Verdict.PROVEN);
    }
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
            busy.run(wait.await());
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
    Holder holder = Holder.values()[random.nextInt(Holder.values().length)];
    holder.hold(handle);
    holders.add(holder);
  }

  /// Makes an executor reachable where it shall be, and shuts some down.
  private void settle(Home home) {
    if (!home.isReachable) {
      features.add(Feature.EXECUTOR_UNREACHABLE);
      List<Cluster> leaked =
          clusters.stream().filter(other -> !other.lives && !other.nodes.isEmpty()).toList();
      if (!leaked.isEmpty() && random.nextBoolean()) {
        any(any(leaked).nodes).held.add(home.executor);
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
    } else if (!home.hasLiving || random.nextBoolean()) {
      hold(home.executor);
    }
    if (state == 1) {
      home.executor.shutdown();
      features.add(Feature.EXECUTOR_SHUT_DOWN);
    } else if (state == 0) {
      features.add(Feature.EXECUTOR_RUNNING);
    }
  }

  /// One more reference that changes nothing.
  private void edge(Cluster from, Cluster to) {
    if (!from.nodes.isEmpty() && (!from.lives || to.lives)) {
      any(from.nodes).held.add(any(to.handles));
    }
  }
}
