package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LiveThreads;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;

/// Looks at all threads on two threads: the caller's, which also finds them, and one that is
/// started where there are many. Threads are handed over in chunks, of which few are held at once.
/// For one dump.
public final class Sampling {
  private static final int CHUNK = 256;
  private static final int MAX_WAITING = 8;

  /// Threads to look at; none is the end.
  private static final class Chunk {
    private final Thread[] threads = new Thread[CHUNK];
    private final String[] containers = new String[CHUNK];
    private int size;

    void add(Thread thread, String container) {
      threads[size] = thread;
      containers[size] = container;
      size++;
    }

    void look(LiveThreads looker, UnaryOperator<DumpThread> remembered, Dump.Collector into) {
      for (int i = 0; i < size; i++) {
        into.thread(remembered.apply(looker.look(threads[i], containers[i])));
      }
    }
  }

  private final BlockingQueue<Chunk> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final LiveThreads.LockFacts locks;
  private final LiveThreads own;
  private final UnaryOperator<DumpThread> remembered;
  private final Dump.Collector collector;
  private Chunk filling = new Chunk();
  private Optional<Helper> helper = Optional.empty();
  private boolean isHelpless;

  /// @param collector takes all threads, on the caller's thread
  /// @param remembered adds what is known of each thread from before, on both threads
  public Sampling(
      Dump.Collector collector, LiveThreads.LockFacts locks, UnaryOperator<DumpThread> remembered) {
    this.collector = collector;
    this.remembered = remembered;
    this.locks = locks;
    this.own = new LiveThreads(locks);
  }

  /// Looks at all threads that `lister` finds.
  public void run(ThreadLister lister) {
    lister.each(this::add);
    filling.look(own, remembered, collector);
    helper.ifPresent(this::takeFrom);
  }

  private void add(Thread thread, String container) {
    filling.add(thread, container);
    if (filling.size == CHUNK) {
      startHelper();
      if (helper.isEmpty() || !waiting.offer(filling)) {
        filling.look(own, remembered, collector);
      }
      filling = new Chunk();
    }
  }

  /// A JVM that has no room for another thread is looked at by one.
  private void startHelper() {
    if (helper.isEmpty() && !isHelpless) {
      Helper started = new Helper();
      Thread thread = new Thread(null, started, "groundhog-sampler", 0, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      try {
        thread.start();
        started.thread = Optional.of(thread);
        helper = Optional.of(started);
      } catch (OutOfMemoryError e) {
        isHelpless = true;
      }
    }
  }

  private void takeFrom(Helper done) {
    for (Chunk left = waiting.poll(); left != null; left = waiting.poll()) {
      left.look(own, remembered, collector);
    }
    try {
      waiting.put(new Chunk());
      done.thread.orElseThrow().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking at threads", e);
    }
    done.failure.ifPresent(e -> {
      throw new IllegalStateException(e);
    });
    done.found.dumps().forEach(dump -> dump.forEach(collector::thread));
  }

  private final class Helper implements Runnable {
    private final Dump.Collector found = new Dump.Collector();
    private Optional<Thread> thread = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();

    @Override
    public void run() {
      LiveThreads looker = new LiveThreads(locks);
      try {
        for (Chunk next = waiting.take(); next.size > 0; next = waiting.take()) {
          next.look(looker, remembered, found);
        }
        found.end();
      } catch (InterruptedException | RuntimeException | Error e) {
        failure = Optional.of(e);
      }
    }
  }
}
