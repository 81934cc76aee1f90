package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one container printed. Thread-safe.
///
/// A log is at its end until [#collect] is called, and again after [#finish]: that is when
/// followers end. While it is at its end it holds no descriptor.
public final class ContainerLog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ContainerLog.class.getName());

  /// A container is busy that prints so often, so many times.
  private static final Duration SOON = Duration.ofMillis(1);

  private static final int BUSY_TURNS = 32;

  /// And it isn't any more when it prints nothing for so long.
  private static final Duration QUIET = Duration.ofMillis(50);

  private final Path folder;
  private final LogOptions options;
  private final Collector collector;
  private final Segments segments;
  private final long mostHeldBytes;
  private final Consumer<ContainerLog> closed;

  private final AtomicBoolean isQueued = new AtomicBoolean();
  private final Runnable turn = this::turn;
  private final Runnable look = this::look;
  private final Runnable changed = this::changed;

  /// Who reads what is printed before it is in the log.
  private final List<OutputCursor> readers = new CopyOnWriteArrayList<>();

  // Of the collector's thread only.
  private Progress progress;
  private @Nullable Collecting collecting;
  private final List<CompletableFuture<@Nullable Void>> finishing = new ArrayList<>();
  private Optional<Changes.Watching> watch = Optional.empty();
  private boolean isFailing;
  private boolean isBusy;
  private int soon;
  private long lastTaken = System.nanoTime();
  private boolean isClosed;

  ContainerLog(
      Path folder,
      LogOptions options,
      Collector collector,
      Segments segments,
      Progress progress,
      long mostHeldBytes,
      Consumer<ContainerLog> closed) {
    this.folder = folder;
    this.options = options;
    this.collector = collector;
    this.segments = segments;
    this.progress = progress;
    this.mostHeldBytes = mostHeldBytes;
    this.closed = closed;
  }

  public Path folder() {
    return folder;
  }

  /// Begins to take over what the container prints, from where it was left: to be called when the
  /// container has started, so that followers wait for it, and for one that runs when the daemon
  /// starts. The raw files need not exist yet.
  ///
  /// @throws IOException if they can't be read
  public void collect() throws IOException, InterruptedException {
    await(done -> {
      if (!finishing.isEmpty()) {
        throw new IOException("it is being finished: wait for that");
      }
      if (collecting == null) {
        begin();
        segments.setEnded(false);
        watch();
      }
      done.complete(null);
    });
  }

  /// Takes over all that is printed, ends what has no line end, and tells followers that this is
  /// the end: to be called when the container has ended; also, without [#collect], for one that
  /// ended while there was no daemon, and more than once. Interrupted, it goes on by itself.
  ///
  /// @throws IOException if the log can't be written: it is at its end nevertheless, and what is
  ///   missing is taken over by the next call
  public void finish() throws IOException, InterruptedException {
    await(done -> {
      if (collecting == null) {
        begin();
      }
      finishing.add(done);
      schedule();
    });
  }

  /// Reads the log. For each reader its own cursor.
  public LogCursor read(LogQuery query) throws IOException, InterruptedException {
    return LogCursor.open(segments, query);
  }

  /// Reads what the container prints from now on, before it is in the log, until [#finish]: of the
  /// run that is under way, or of the next one.
  public OutputCursor output(Set<LogStream> streams) throws IOException, InterruptedException {
    return reader(() -> {
      Map<LogStream, Long> from = new EnumMap<>(LogStream.class);
      for (LogStream stream : streams) {
        from.put(stream, size(folder.resolve(stream.rawName())));
      }
      return attach(from);
    });
  }

  /// Reads what is in the log, and then what follows on it as [#output] does: nothing is missing
  /// between the two, and nothing is in both.
  public PastAndOutput pastAndOutput(Set<LogStream> streams)
      throws IOException, InterruptedException {
    return reader(() -> {
      Progress now = collecting == null ? progress : collecting.progress();
      Map<LogStream, Long> from = new EnumMap<>(LogStream.class);
      streams.forEach(stream -> from.put(stream, now.bytes(stream)));
      LogCursor past = LogCursor.open(segments, LogQuery.everything().of(streams));
      return new PastAndOutput(past, attach(from));
    });
  }

  /// What was printed, and what follows on it.
  public record PastAndOutput(LogCursor past, OutputCursor output) {}

  private interface Opening<T> {
    T open() throws IOException, InterruptedException;
  }

  private <T> T reader(Opening<T> opening) throws IOException, InterruptedException {
    List<T> opened = new ArrayList<>();
    await(done -> {
      if (isClosed) {
        throw new IOException("it is closed");
      }
      try {
        opened.add(opening.open());
      } catch (InterruptedException e) {
        throw new IOException("nobody interrupts this thread", e);
      }
      done.complete(null);
    });
    return opened.getFirst();
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.readAttributes(
              file, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .size();
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  private OutputCursor attach(Map<LogStream, Long> from) {
    OutputCursor reader = new OutputCursor(folder, from, mostHeldBytes, this::detach);
    readers.add(reader);
    return reader;
  }

  private void detach(OutputCursor reader) {
    synchronized (readers) {
      readers.remove(reader);
      readers.notifyAll();
    }
    boolean _ = collector.submit(this::punchWhatWasHeld);
  }

  /// Waits until those who read what the container printed have come to its end.
  ///
  /// @return false if they have not within that time
  public boolean awaitReaders(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    synchronized (readers) {
      while (!readers.isEmpty()) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        readers.wait(millis);
      }
      return true;
    }
  }

  /// How much of what is in the log nobody reads in the raw files.
  private long release(LogStream stream, long bytes) {
    long free = bytes;
    for (OutputCursor reader : readers) {
      free = Math.min(free, reader.release(stream, bytes));
    }
    return free;
  }

  /// The log's end has come before a reader's.
  private void punchWhatWasHeld() {
    if (collecting == null && !isClosed && readers.isEmpty()) {
      for (LogStream stream : LogStream.values()) {
        long bytes = HolePunch.wholeBlocks(progress.bytes(stream));
        if (bytes > 0) {
          boolean _ = HolePunch.punch(folder.resolve(stream.rawName()), 0, bytes);
        }
      }
    }
  }

  /// No more is taken over, followers end. What the container prints meanwhile is taken over when
  /// its log is opened again.
  @Override
  public void close() {
    try {
      await(done -> {
        isClosed = true;
        stop(Optional.of(new IOException("it was closed")));
        done.complete(null);
      });
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closed already", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    closed.accept(this);
  }

  private void begin() throws IOException {
    if (isClosed) {
      throw new IOException("it is closed");
    }
    collecting =
        new Collecting(segments, folder, options, progress, collector.buffers, this::release);
  }

  /// @param why it could not be finished
  private void stop(Optional<Exception> why) {
    Collecting before = collecting;
    collecting = null;
    isFailing = false;
    collector.forget(look);
    watch.ifPresent(Changes.Watching::close);
    isBusy = false;
    try {
      if (before != null) {
        progress = before.progress();
        before.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the log of " + folder + " can't be closed", e);
    }
    watch = Optional.empty();
    segments.setEnded(true);
    readers.forEach(OutputCursor::end);
    for (CompletableFuture<@Nullable Void> done : finishing) {
      why.ifPresentOrElse(done::completeExceptionally, () -> done.complete(null));
    }
    finishing.clear();
  }

  private void watch() {
    watch = collector.watch(folder, changed);
    if (watch.isEmpty()) {
      collector.lookLate(look);
    }
    look(); // what came before isn't told
  }

  /// To be told of each write of a container costs it and us microseconds. So one that prints all
  /// the time is no longer watched but looked at each millisecond, until it is quiet for a while.
  private void lookOrWatch(Collecting.Turn turn) {
    long now = System.nanoTime();
    boolean isSoon = now - lastTaken < SOON.toNanos();
    if (turn == Collecting.Turn.NOTHING) {
      if (isBusy && now - lastTaken > QUIET.toNanos()) {
        isBusy = false;
        collector.forget(look);
        watch();
      }
      return;
    }
    lastTaken = now;
    soon = isSoon ? soon + 1 : 0;
    if (soon >= BUSY_TURNS && !isBusy && watch.isPresent()) {
      isBusy = true;
      watch.get().close();
      watch = Optional.empty();
      collector.lookOften(look);
    }
  }

  private void look() {
    readers.forEach(OutputCursor::tell);
    schedule();
  }

  private void schedule() {
    if (isQueued.compareAndSet(false, true)) {
      boolean _ = collector.submit(turn);
    }
  }

  /// Told by the thread that watches.
  private void changed() {
    readers.forEach(OutputCursor::tell);
    if (isQueued.compareAndSet(false, true)) {
      collector.runOrSubmit(turn);
    }
  }

  private void turn() {
    isQueued.set(false); // before looking: what comes behind that is told again
    Collecting now = collecting;
    if (now == null) {
      return;
    }
    try {
      Collecting.Turn turn = now.turn();
      recovered();
      lookOrWatch(turn);
      if (turn == Collecting.Turn.MORE) {
        schedule();
      } else if (!finishing.isEmpty()) {
        now.end();
        stop(Optional.empty());
      }
    } catch (IOException | RuntimeException e) {
      if (!finishing.isEmpty()) {
        stop(Optional.of(e));
      } else {
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    if (!isFailing) {
      isFailing = true;
      isBusy = false;
      collector.forget(look);
      collector.lookLate(look);
      LOG.log(
          System.Logger.Level.WARNING,
          "the log of "
              + folder
              + " can't be written; nothing is lost, it is tried again until it can",
          e);
    }
  }

  private void recovered() {
    if (isFailing) {
      isFailing = false;
      collector.forget(look);
      if (watch.isEmpty()) {
        watch();
      }
      LOG.log(System.Logger.Level.INFO, "the log of {0} is written again", folder);
    }
  }

  private interface Task {
    void run(CompletableFuture<@Nullable Void> done) throws IOException;
  }

  /// On the collector's thread, which nobody interrupts: an interrupt closes the channels that its
  /// thread uses.
  private void await(Task task) throws IOException, InterruptedException {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    boolean isTaken =
        collector.submit(() -> {
          try {
            task.run(done);
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    if (!isTaken) {
      throw new IOException("the logs are closed");
    }
    try {
      done.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("the log of " + folder + ": " + cause.getMessage(), cause);
    }
  }

  Segments segments() {
    return segments;
  }
}
