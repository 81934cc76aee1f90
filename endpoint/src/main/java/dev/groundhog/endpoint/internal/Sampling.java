package dev.groundhog.endpoint.internal;

import dev.groundhog.endpoint.OwnThread;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/// Looks at all threads on two threads: the caller's, which also finds them, and one that is
/// started where there are many. Threads are handed over in chunks, of which few are held at once.
/// For one use.
///
/// @param <S> what looks
public final class Sampling<S extends Sampling.Sampler> {
  private static final int CHUNK = 256;
  private static final int MAX_WAITING = 8;

  /// Looks at threads, on one thread.
  public interface Sampler {
    /// @param container the name of the thread container that holds it, empty if not known
    void look(Thread thread, String container);
  }

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

    void look(Sampler sampler) {
      for (int i = 0; i < size; i++) {
        sampler.look(threads[i], containers[i]);
      }
    }
  }

  private final BlockingQueue<Chunk> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final S own;
  private final Supplier<S> another;
  private Chunk filling = new Chunk();
  private Optional<Helper> helper = Optional.empty();
  private boolean isHelpless;

  /// @param own looks on the caller's thread
  /// @param another makes the one for the second thread, if it comes to that
  public Sampling(S own, Supplier<S> another) {
    this.own = own;
    this.another = another;
  }

  /// Looks at all threads that `lister` finds.
  ///
  /// @return the one that looked at some of them on a second thread, which has ended
  public Optional<S> run(ThreadLister lister) {
    lister.each(this::add);
    filling.look(own);
    helper.ifPresent(this::await);
    return helper.map(done -> done.sampler);
  }

  private void add(Thread thread, String container) {
    filling.add(thread, container);
    if (filling.size == CHUNK) {
      startHelper();
      if (helper.isEmpty() || !waiting.offer(filling)) {
        filling.look(own);
      }
      filling = new Chunk();
    }
  }

  /// A JVM that has no room for another thread is looked at by one.
  private void startHelper() {
    if (helper.isEmpty() && !isHelpless) {
      Helper started = new Helper(another.get());
      Thread thread = OwnThread.daemon("groundhog-sampler", started);
      try {
        thread.start();
        started.thread = Optional.of(thread);
        helper = Optional.of(started);
      } catch (OutOfMemoryError e) {
        isHelpless = true;
      }
    }
  }

  private void await(Helper done) {
    for (Chunk left = waiting.poll(); left != null; left = waiting.poll()) {
      left.look(own);
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
  }

  private final class Helper implements Runnable {
    private final S sampler;
    private Optional<Thread> thread = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();

    Helper(S sampler) {
      this.sampler = sampler;
    }

    @Override
    public void run() {
      try {
        for (Chunk next = waiting.take(); next.size > 0; next = waiting.take()) {
          next.look(sampler);
        }
      } catch (InterruptedException | RuntimeException | Error e) {
        failure = Optional.of(e);
      }
    }
  }
}
