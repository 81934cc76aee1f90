import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// What can run on some day, and holds something for as long.
enum Holder {
  STATIC {
    @Override
    void hold(Object handle) {
      STATICS.add(new Object[] {handle});
    }
  },
  TIMER {
    @Override
    void hold(Object handle) {
      TIMERS.schedule(() -> Reference.reachabilityFence(handle), 1, TimeUnit.HOURS);
    }
  },
  SLEEPING_THREAD {
    @Override
    void hold(Object handle) {
      virtual(() -> Thread.sleep(HOUR_MILLIS), handle);
    }
  },
  DEADLINE {
    @Override
    void hold(Object handle) {
      virtual(() -> new CountDownLatch(1).await(1, TimeUnit.HOURS), handle);
    }
  },
  MONITOR {
    @Override
    void hold(Object handle) {
      Object monitor = new Object();
      virtual(
          () -> {
            synchronized (monitor) {
              monitor.wait();
            }
          },
          handle);
    }
  },
  PLATFORM_THREAD {
    @Override
    void hold(Object handle) {
      CountDownLatch end = new CountDownLatch(1);
      ENDS.add(end);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                await(end);
                Reference.reachabilityFence(handle);
              });
    }
  },
  THREAD_LOCAL {
    @Override
    void hold(Object handle) {
      CountDownLatch end = new CountDownLatch(1);
      ENDS.add(end);
      ThreadLocal<Object> local = new ThreadLocal<>();
      STATICS.add(new Object[] {local});
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                local.set(handle);
                await(end);
              });
    }
  },
  FUTURE {
    @Override
    void hold(Object handle) {
      CompletableFuture<Integer> future = new CompletableFuture<>();
      future.thenRun(() -> Reference.reachabilityFence(handle));
      STATICS.add(new Object[] {future});
    }
  },
  SCOPE {
    @Override
    void hold(Object handle) {
      OWNERS.add(Thread.ofPlatform().daemon().start(() -> scope(handle)));
    }
  },
  SOFT_REFERENCE {
    @Override
    void hold(Object handle) {
      STATICS.add(new Object[] {new SoftReference<>(handle)});
    }
  },
  FINALIZER {
    @Override
    void hold(Object handle) {
      new Finalizable(handle, RENEWALS);
    }
  },
  CLEANER {
    @Override
    void hold(Object handle) {
      Object cleaned = new Object();
      STATICS.add(new Object[] {cleaned});
      CLEANERS.register(cleaned, () -> Reference.reachabilityFence(handle));
    }
  };

  /// All kinds.
  static final List<Holder> ALL = List.of(values());

  /// So often what has a finalizer makes another one, before it leaves that to the statics.
  private static final int RENEWALS = 4;

  private static final int RENEWAL_MILLIS = 1_500;
  private static final int HOUR_MILLIS = 3_600_000;
  private static final Set<Object[]> STATICS = ConcurrentHashMap.newKeySet();
  private static final Set<CountDownLatch> ENDS = ConcurrentHashMap.newKeySet();
  private static final Set<Thread> OWNERS = ConcurrentHashMap.newKeySet();
  private static final ScheduledThreadPoolExecutor TIMERS =
      (ScheduledThreadPoolExecutor)
          Executors.newScheduledThreadPool(1, Thread.ofPlatform().daemon().factory());
  private static final Cleaner CLEANERS = Cleaner.create();

  abstract void hold(Object handle);

  /// Lets go of everything. What waits without a deadline in a virtual thread is to be interrupted.
  static void release() {
    STATICS.clear();
    TIMERS.getQueue().clear();
    ENDS.forEach(CountDownLatch::countDown);
    ENDS.clear();
    OWNERS.forEach(Thread::interrupt);
    OWNERS.clear();
  }

  private static void virtual(Wait.Await await, Object handle) {
    Thread.ofVirtual()
        .name("g-holder")
        .start(
            () -> {
              try {
                await.once();
              } catch (Exception e) {
                // it was told to end
              } finally {
                Reference.reachabilityFence(handle);
              }
            });
  }

  /// Nothing but the end of the scope can wake the subtask.
  private static void scope(Object handle) {
    try (var scope = StructuredTaskScope.open()) {
      scope.fork(
          () -> {
            new CountDownLatch(1).await();
            Reference.reachabilityFence(handle);
            return 1;
          });
      scope.join();
    } catch (InterruptedException e) {
      // it was told to end
    }
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Holds something until a collection finds it; then the statics do for a while, and then
  /// another one, so that it is held all the time.
  @SuppressWarnings("removal")
  private static final class Finalizable {
    private final Object handle;
    private final int renewals;

    Finalizable(Object handle, int renewals) {
      this.handle = handle;
      this.renewals = renewals;
    }

    @Override
    protected void finalize() {
      Object[] meanwhile = {handle};
      STATICS.add(meanwhile);
      if (renewals > 0) {
        TIMERS.schedule(
            () -> {
              new Finalizable(meanwhile[0], renewals - 1);
              STATICS.remove(meanwhile);
            },
            ThreadLocalRandom.current().nextInt(RENEWAL_MILLIS),
            TimeUnit.MILLISECONDS);
      }
    }
  }
}
