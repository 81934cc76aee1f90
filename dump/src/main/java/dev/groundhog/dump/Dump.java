package dev.groundhog.dump;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// All threads of one process at one moment, packed. Immutable and safe to share.
///
/// A row costs 24 bytes beside its name; stacks, labels, wait reasons and all else that threads
/// have in common are held once. Facts that few threads have (locks held, age) are held beside the
/// rows.
public final class Dump {
  private final ProcessInfo process;
  private final PackedThreads threads;
  private final List<Warning> warnings;

  private Dump(ProcessInfo process, PackedThreads threads, List<Warning> warnings) {
    this.process = process;
    this.threads = threads;
    this.warnings = Collections.unmodifiableList(warnings);
  }

  public ProcessInfo process() {
    return process;
  }

  /// The number of rows; in aggregated formats fewer than [#threadCount].
  public int rows() {
    return threads.size();
  }

  /// The number of threads that the rows stand for.
  public long threadCount() {
    return threads.threadCount();
  }

  /// Row `index`, unpacked.
  public DumpThread row(int index) {
    return threads.get(index);
  }

  /// Every row, in the order of the dump.
  public void forEach(Consumer<? super DumpThread> action) {
    for (int index = 0; index < threads.size(); index++) {
      action.accept(threads.get(index));
    }
  }

  /// The same dump with only the threads that `wanted` accepts.
  public Dump only(Predicate<? super DumpThread> wanted) {
    PackedThreads some = new PackedThreads();
    forEach(thread -> {
      if (wanted.test(thread)) {
        some.add(thread);
      }
    });
    some.trim();
    return new Dump(process, some, warnings);
  }

  /// The same dump with the time when it was taken, if it does not tell that itself.
  public Dump takenAt(Instant time) {
    return process.time().isPresent()
        ? this
        : new Dump(
            new ProcessInfo(process.pid(), Optional.of(time), process.runtime(), process.format()),
            threads,
            warnings);
  }

  public List<Warning> warnings() {
    return warnings;
  }

  /// This dump, with more threads behind its own.
  public Dump with(List<DumpThread> more) {
    return with(more, List.of());
  }

  /// This dump, with more threads and more warnings behind its own.
  public Dump with(List<DumpThread> more, List<Warning> moreWarnings) {
    if (more.isEmpty() && moreWarnings.isEmpty()) {
      return this;
    }
    Collector collector = new Collector();
    collector.begin(process);
    forEach(collector::thread);
    more.forEach(collector::thread);
    warnings.forEach(collector::warning);
    moreWarnings.forEach(collector::warning);
    collector.end();
    return collector.dumps().getFirst();
  }

  /// Packs what a reader finds into dumps, one for each [DumpSink#begin].
  public static final class Collector implements DumpSink {
    /// More warnings than these are counted, not kept.
    private static final int MAX_WARNINGS = 1_000;

    private final List<Dump> dumps = new ArrayList<>();
    private ProcessInfo process =
        new ProcessInfo(java.util.OptionalLong.empty(), java.util.Optional.empty(), "", "unknown");
    private PackedThreads threads = new PackedThreads();
    private List<Warning> warnings = new ArrayList<>();
    private long droppedWarnings;

    @Override
    public void begin(ProcessInfo process) {
      this.process = process;
      threads = new PackedThreads();
    }

    @Override
    public void thread(DumpThread thread) {
      threads.add(thread);
    }

    @Override
    public void warning(Warning warning) {
      if (warnings.size() < MAX_WARNINGS) {
        warnings.add(warning);
      } else {
        droppedWarnings++;
      }
    }

    @Override
    public void end() {
      if (droppedWarnings > 0) {
        warnings.add(new Warning(0, droppedWarnings + " more warnings were not kept"));
      }
      threads.trim();
      dumps.add(new Dump(process, threads, warnings));
      threads = new PackedThreads();
      warnings = new ArrayList<>();
      droppedWarnings = 0;
    }

    /// The dumps that have ended, in order.
    public List<Dump> dumps() {
      return List.copyOf(dumps);
    }
  }
}
