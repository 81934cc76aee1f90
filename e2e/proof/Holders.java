import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// What keeps a thread from being leaked: each holds a [Runnable] that wakes it, in a way in which
/// running code gets at it, and runs it once [#fire] was called.
final class Holders {
  /// It wakes whom it holds when the program exits.
  static final String SHUTDOWN_HOOK = "shutdown-hook";

  static final String FINALIZER = "finalizer";

  private static final long POLL_MILLIS = 50;

  /// Woken when this is set, by whoever polls it.
  private static volatile boolean isFired;

  private static final Object MONITOR = new Object();

  /// What else has to be done then. No action holds what wakes a thread, but by what holds it anyway.
  private static final Queue<Runnable> AT_FIRE = new ConcurrentLinkedQueue<>();

  private static final List<Runnable> STATICS = new ArrayList<>();
  private static final List<SoftReference<Runnable>> SOFT = new ArrayList<>();
  private static final Cleaner CLEANER = Cleaner.create();
  private static final List<Object> CLEANED = new ArrayList<>();
  private static final AtomicInteger FINALIZED = new AtomicInteger();
  private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();
  private static volatile Planted.Body atShutdown = () -> {};

  private Holders() {}

  private interface Holder {
    void hold(Planted.Planting planting, Runnable waker) throws Exception;
  }

  /// @param holder starts threads of its own by the planting
  record Kind(String name, Holder holder) {
    void hold(Planted.Planting planting, Runnable waker) throws Exception {
      holder.hold(planting, waker);
    }
  }

  static List<Kind> all() {
    return List.of(
        new Kind("static", (_, waker) -> inStatic(waker)),
        new Kind("local-of-running-thread", (_, waker) -> platform(() -> poll(waker))),
        new Kind(
            "local-of-sleeping-virtual-thread",
            (planting, waker) -> planting.thread(() -> poll(waker))),
        new Kind("thread-local", (_, waker) -> platform(() -> pollThreadLocal(waker))),
        new Kind("scoped-value", (_, waker) -> platform(() -> pollScopedValue(waker))),
        new Kind("timer", (_, waker) -> timer(waker)),
        new Kind("scheduled-task", (_, waker) -> scheduledTask(waker)),
        new Kind("delayed-future", (_, waker) -> delayedFuture(waker)),
        new Kind("task-of-executor", (_, waker) -> taskOfExecutor(waker)),
        new Kind("executors-future", Holders::executorsFuture),
        new Kind("thread-to-be-woken", Holders::threadToBeWoken),
        new Kind("chain-to-be-woken", Holders::chainToBeWoken),
        new Kind("held-thread", Holders::heldThread),
        new Kind("waiter-of-monitor", Holders::waiterOfMonitor),
        new Kind("entering-monitor", Holders::enteringMonitor),
        new Kind("timed-wait", Holders::timedWait),
        new Kind("scope-of-running-owner", Holders::scopeOfRunningOwner),
        new Kind("scope-of-virtual-owner", Holders::scopeOfVirtualOwner),
        new Kind("cleaner", (_, waker) -> cleaner(waker)),
        new Kind(FINALIZER, (_, waker) -> new Finalizable(waker)),
        new Kind("soft-reference", (_, waker) -> softReference(waker)),
        new Kind("upcall", (_, waker) -> upcall(waker)),
        new Kind(SHUTDOWN_HOOK, (_, waker) -> shutdownHook(waker)));
  }

  /// Wakes all; what a finalizer or a cleaner holds, once it is collected.
  static void fire() {
    isFired = true;
    AT_FIRE.forEach(Runnable::run);
    synchronized (MONITOR) {
      MONITOR.notifyAll();
    }
  }

  static int finalized() {
    return FINALIZED.get();
  }

  static void useSoftReferences() {
    for (SoftReference<Runnable> reference : SOFT) {
      if (reference.get() == null) {
        throw new IllegalStateException("a soft reference was cleared");
      }
    }
  }

  /// What the first hook does after it has woken whom it holds.
  static void atShutdown(Planted.Body body) {
    atShutdown = body;
  }

  private static void poll(Runnable waker) throws InterruptedException {
    while (!isFired) {
      Thread.sleep(POLL_MILLIS);
    }
    waker.run();
  }

  private static void platform(Planted.Body body) {
    Thread.ofPlatform().daemon().start(() -> {
      try {
        body.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static void inStatic(Runnable waker) {
    STATICS.add(waker);
    int at = STATICS.size() - 1;
    AT_FIRE.add(() -> STATICS.get(at).run());
  }

  private static void pollThreadLocal(Runnable waker) throws InterruptedException {
    ThreadLocal<Runnable> local = new ThreadLocal<>();
    local.set(waker);
    poll(() -> {});
    local.get().run();
  }

  private static void pollScopedValue(Runnable waker) throws InterruptedException {
    ScopedValue<Runnable> value = ScopedValue.newInstance();
    ScopedValue.where(value, waker)
        .call(() -> {
          poll(() -> {});
          value.get().run();
          return 1;
        });
  }

  private static void timer(Runnable waker) {
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            if (isFired) {
              waker.run();
              cancel();
            }
          }
        };
    new Timer(true).schedule(task, POLL_MILLIS, POLL_MILLIS);
  }

  private static void scheduledTask(Runnable waker) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
    scheduler.schedule(waker, 1, TimeUnit.HOURS);
    AT_FIRE.add(() -> scheduler.getQueue().forEach(Runnable::run));
  }

  /// Not held, but by the JDK's own timer.
  private static void delayedFuture(Runnable waker) {
    new CompletableFuture<Integer>()
        .completeOnTimeout(1, POLL_MILLIS, TimeUnit.MILLISECONDS)
        .thenRun(() -> {
          if (isFired) {
            waker.run();
          } else {
            delayedFuture(waker);
          }
        });
  }

  /// It stands in the queue of an executor that is busy.
  private static void taskOfExecutor(Runnable waker) {
    ExecutorService executor = Executors.newFixedThreadPool(1, Thread.ofPlatform().daemon().factory());
    executor.execute(() -> {
      try {
        poll(() -> {});
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    executor.execute(waker);
  }

  private static void executorsFuture(Planted.Planting planting, Runnable waker) {
    List<Future<?>> futures = new ArrayList<>();
    planting.others(
        1, () -> futures.add(EXECUTOR.submit(() -> planting.here(() -> parked(waker)))));
    AT_FIRE.add(() -> futures.getFirst().cancel(true));
  }

  /// Until it is interrupted.
  private static void parked(Runnable waker) {
    while (!Thread.interrupted()) {
      LockSupport.park();
    }
    waker.run();
  }

  private static void threadToBeWoken(Planted.Planting planting, Runnable waker) {
    LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    AT_FIRE.add(() -> queue.add(1));
    planting.thread(() -> {
      queue.take();
      waker.run();
    });
  }

  private static void chainToBeWoken(Planted.Planting planting, Runnable waker) {
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch third = new CountDownLatch(1);
    planting.thread(() -> {
      third.await();
      waker.run();
    });
    planting.thread(() -> {
      second.await();
      third.countDown();
    });
    threadToBeWoken(planting, second::countDown);
  }

  private static void heldThread(Planted.Planting planting, Runnable waker) {
    Thread thread = planting.thread(() -> parked(waker));
    AT_FIRE.add(thread::interrupt);
  }

  private static void waiterOfMonitor(Planted.Planting planting, Runnable waker) {
    planting.thread(() -> {
      synchronized (MONITOR) {
        while (!isFired) {
          MONITOR.wait();
        }
      }
      waker.run();
    });
  }

  private static void enteringMonitor(Planted.Planting planting, Runnable waker) {
    Object monitor = new Object();
    CountDownLatch entered = new CountDownLatch(1);
    planting.others(1, () -> {
      platform(() -> {
        synchronized (monitor) {
          entered.countDown();
          poll(() -> {});
        }
      });
      entered.await();
      planting.thread(() -> {
        synchronized (monitor) {
          waker.run();
        }
      });
    });
  }

  private static void timedWait(Planted.Planting planting, Runnable waker) {
    LinkedBlockingQueue<Integer> never = new LinkedBlockingQueue<>();
    planting.thread(() -> {
      while (!isFired) {
        never.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      }
      waker.run();
    });
  }

  private static void scopeOfRunningOwner(Planted.Planting planting, Runnable waker) {
    planting.others(1, () -> platform(() -> owner(planting, waker)));
  }

  private static void scopeOfVirtualOwner(Planted.Planting planting, Runnable waker) {
    planting.others(2, () -> planting.thread(() -> owner(planting, waker)));
  }

  /// Closing the scope interrupts the subtask, for whom nobody waits.
  private static void owner(Planted.Planting planting, Runnable waker)
      throws InterruptedException {
    try (var scope =
        StructuredTaskScope.open(StructuredTaskScope.Joiner.anySuccessfulResultOrThrow())) {
      scope.fork(() -> planting.here(() -> parked(waker)));
      scope.fork(() -> {
        poll(() -> {});
        return 1;
      });
      scope.join();
    }
  }

  private static void cleaner(Runnable waker) {
    Object cleaned = new Object();
    CLEANED.add(cleaned);
    CLEANER.register(cleaned, waker);
    AT_FIRE.add(CLEANED::clear);
  }

  /// Nobody but the JVM holds it. Each time it is collected another one takes its place.
  private static final class Finalizable {
    private final Runnable waker;

    Finalizable(Runnable waker) {
      this.waker = waker;
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"}) // that is what is shown
    protected void finalize() {
      if (isFired) {
        waker.run();
      } else {
        new Finalizable(waker);
        FINALIZED.incrementAndGet();
      }
    }
  }

  private static void softReference(Runnable waker) {
    SOFT.add(new SoftReference<>(waker));
    int at = SOFT.size() - 1;
    AT_FIRE.add(() -> SOFT.get(at).get().run());
  }

  /// Only native code knows where it is.
  private static void upcall(Runnable waker) throws ReflectiveOperationException {
    MethodHandle run =
        MethodHandles.lookup()
            .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
            .bindTo(waker);
    FunctionDescriptor nothing = FunctionDescriptor.ofVoid();
    long address =
        Linker.nativeLinker().upcallStub(run, nothing, Arena.global()).address();
    AT_FIRE.add(() -> {
      try {
        Linker.nativeLinker()
            .downcallHandle(MemorySegment.ofAddress(address), nothing)
            .invokeExact();
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static void shutdownHook(Runnable waker) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              waker.run();
              try {
                atShutdown.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }));
  }
}
