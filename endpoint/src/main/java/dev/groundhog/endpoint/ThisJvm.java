package dev.groundhog.endpoint;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.dump.LockFacts;
import dev.groundhog.dump.Marks;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.Warning;
import dev.groundhog.endpoint.BirthSource.Collected;
import dev.groundhog.endpoint.internal.ContainerLister;
import dev.groundhog.endpoint.internal.LiveLocks;
import dev.groundhog.endpoint.internal.LiveMarks;
import dev.groundhog.endpoint.internal.LoadedFunctions;
import dev.groundhog.endpoint.internal.PlatformLister;
import dev.groundhog.endpoint.internal.Sampling;
import dev.groundhog.endpoint.internal.ThreadLister;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/// A dump of the JVM that this runs in, without stopping it: threads are looked at one by one, so
/// that the dump is no moment of the whole; [LiveThreads] says what holds of one thread. Safe to
/// share.
///
/// Virtual threads are seen where `jdk.internal.vm` of `java.base` is exported to this module, as
/// the agent does; else only platform threads are, and [#missing] says so. Who owns the locks of
/// `java.util.concurrent.locks`, and which labels threads have, is known where that package and
/// `java.lang` are open to this module; of monitors, those that platform threads wait to enter are
/// known, and not what a thread holds.
public final class ThisJvm {
  /// A thread that has only just begun may not be in the lists yet.
  private static final Duration SETTLED = Duration.ofSeconds(1);

  /// What a proof needs for each thread while it is made: a place in another set, or a handle.
  private static final long BYTES_OF_JUDGED = 150;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// What this module may see.
  private record Access(ThreadLister lister, LiveLocks locks, Marks marks, BirthSource births) {
    static Access find(BirthSource births) {
      return new Access(
          ContainerLister.find().<ThreadLister>map(found -> found).orElseGet(PlatformLister::new),
          LiveLocks.find(),
          LiveMarks.find(),
          births);
    }

    /// For one thread that samples.
    LiveThreads threads() {
      return new LiveThreads(locks, marks, births);
    }
  }

  private Optional<Access> access = Optional.empty();

  private final Supplier<Class<?>[]> classes;

  private final BirthSource births;

  private final Prover prover;

  /// So that who has to wait for other proofs need not wait for ever.
  private final ReentrantLock proving = new ReentrantLock();

  private ThisJvm(Supplier<Class<?>[]> classes, BirthSource births, Prover prover) {
    this.classes = classes;
    this.births = births;
    this.prover = prover;
  }

  /// With as much as this module may see; that is found out when it is first needed.
  public static ThisJvm open() {
    return open(() -> new Class<?>[0], BirthSource.NONE, Prover.NONE);
  }

  /// As [#open()], for who can tell which classes are loaded, as `java.lang.instrument` does: then
  /// a function can be known that no thread is in.
  ///
  /// @param births who started which thread
  /// @param prover who proves leaks
  public static ThisJvm open(Supplier<Class<?>[]> classes, BirthSource births, Prover prover) {
    return new ThisJvm(classes, births, prover);
  }

  /// As [Prover#prove]; no dump is taken meanwhile, since that holds the threads which it has, and
  /// their executors, so that a proof would miss them.
  Proof prove(LongPredicate wanted) throws NoProofException {
    try {
      if (!proving.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new NoProofException("other proofs are being made: ask again later");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new NoProofException("interrupted");
    }
    try {
      return proveAlone(wanted);
    } finally {
      proving.unlock();
    }
  }

  private synchronized Proof proveAlone(LongPredicate wanted) throws NoProofException {
    requireRoomForProof();
    return prover.prove(wanted);
  }

  /// @throws NoProofException if there are so many threads that a proof could need all memory
  public void requireRoomForProof() throws NoProofException {
    Optional<String> lacking = Room.lacking(count(), BYTES_OF_JUDGED);
    if (lacking.isPresent()) {
      throw new NoProofException(lacking.get() + ", and a proof needs some");
    }
  }

  /// Whether this JVM has a function that `pattern` means; empty if that cannot be told: of a
  /// regular expression, of a method without its class, and if the loaded classes are not known.
  Optional<KnownFunctions.Told> told(FunctionPattern pattern) {
    Class<?>[] loaded = classes.get();
    Optional<KnownFunctions.Told> told = LoadedFunctions.told(pattern, loaded, stacks());
    return told.filter(answer -> answer.known() || loaded.length > 0);
  }

  /// The loaded classes; none if they are not known.
  Class<?>[] classes() {
    return classes.get();
  }

  private synchronized Access access() {
    Access found = access.orElseGet(() -> Access.find(births));
    access = Optional.of(found);
    return found;
  }

  /// A dump of all threads that are alive, with a warning if some cannot be seen; the thread that
  /// takes it is one of them, and where there are many so is a second one. Behind them stand
  /// virtual threads that were started, have not ended, and are nowhere any more, marked as leaked,
  /// as far as their starts were recorded. One dump is taken at a time.
  public Dump dump() {
    return dump(UnaryOperator.identity());
  }

  /// As [#dump()], each thread with what `remembered` adds to it; it is called on several threads.
  synchronized Dump dump(UnaryOperator<DumpThread> remembered) {
    Access seen = access();
    Rows rows = new Rows(seen.threads(), remembered);
    rows.collector.begin(
        new ProcessInfo(
            OptionalLong.of(ProcessHandle.current().pid()),
            Optional.of(Instant.now()),
            Runtime.version().toString(),
            ProcessInfo.LIVE));
    if (!seen.lister.missing().isEmpty()) {
      rows.collector.warning(new Warning(0, seen.lister.missing()));
    }
    long[] unended = seen.lister.missing().isEmpty() ? births.unended(SETTLED) : new long[0];
    new Sampling<>(rows, () -> new Rows(seen.threads(), remembered))
        .run(seen.lister)
        .ifPresent(rows::add);
    rows.collector.end();
    Dump listed = rows.collector.dumps().getFirst();
    Collected collected = collected(unended, listed);
    return listed.with(collected.threads(), warnings(collected));
  }

  private static List<Warning> warnings(Collected collected) {
    return collected.older() == 0
        ? List.of()
        : List.of(
            new Warning(
                0,
                collected.total()
                    + " virtual threads are in no list any more and have not ended: the latest "
                    + collected.threads().size()
                    + " are told, of the others /debug/groundhog/births has the number"));
  }

  /// Those of `unended`, which were so before threads were listed, that were not listed, and have
  /// still not ended.
  private Collected collected(long[] unended, Dump listed) {
    if (unended.length == 0) {
      return Collected.NONE;
    }
    LongStream.Builder found = LongStream.builder();
    listed.forEach(thread -> thread.id().ifPresent(found::add));
    long[] ids = found.build().sorted().toArray();
    return births.collected(
        Arrays.stream(unended).filter(id -> Arrays.binarySearch(ids, id) < 0).toArray());
  }

  /// How many threads were started, and from where; empty while that is not recorded.
  public Optional<BirthCounts> births() {
    return births.counts();
  }

  /// Why, if there are no [#births] just now.
  BirthSource.Absence absence() {
    return births.absence();
  }

  /// Where all threads are, as [#dump()], but without anything else of them: of a million it needs
  /// no more memory than their distinct stacks.
  public synchronized StackCounts stacks() {
    Access seen = access();
    Counts counts = new Counts(seen.threads(), new StackCounts(Optional.of(Instant.now())));
    new Sampling<>(counts, () -> new Counts(seen.threads(), new StackCounts(Optional.empty())))
        .run(seen.lister)
        .ifPresent(others -> counts.counts.add(others.counts));
    return counts.counts;
  }

  /// Where the threads are that `proof` has found.
  StackCounts stacks(Proof proof) {
    LiveThreads threads = access().threads();
    StackCounts counts =
        new StackCounts(StackCounts.Profile.GOROUTINELEAK, Optional.of(Instant.now()));
    for (Proof.Leaked found : proof.leaked().values()) {
      if (found.thread().getState() == Thread.State.WAITING) { // and has not gone on since
        counts.add(threads.stack(found.thread()), threads.labels(found.thread()), 1);
      }
    }
    return counts;
  }

  /// Looks at those that `proof` has found and that have not gone on since, marked, and gives each
  /// on at once.
  public void look(Proof proof, Consumer<? super DumpThread> taker) {
    LiveThreads threads = access().threads();
    for (Proof.Leaked found : proof.leaked().values()) {
      DumpThread marked = proof.marked(threads.look(found.thread(), ""));
      if (marked.leaked()) {
        taker.accept(marked);
      }
    }
  }

  /// What the collections that this JVM made anyway have proven; empty if they are not watched.
  Optional<Proof> proven() {
    return prover
        .proven()
        .map(proven -> {
          Map<Long, Proof.Leaked> leaked = new HashMap<>();
          access()
              .lister
              .each((thread, _) -> {
                Boolean isStranded = proven.get(thread.threadId());
                if (isStranded != null) {
                  leaked.put(thread.threadId(), new Proof.Leaked(thread, isStranded));
                }
              });
          return Proof.ofOrdinary(leaked);
        });
  }

  /// Collects all that is known of threads.
  private static final class Rows implements Sampling.Sampler {
    private final LiveThreads threads;
    private final UnaryOperator<DumpThread> remembered;
    private final Dump.Collector collector = new Dump.Collector();

    Rows(LiveThreads threads, UnaryOperator<DumpThread> remembered) {
      this.threads = threads;
      this.remembered = remembered;
    }

    @Override
    public void look(Thread thread, String container) {
      collector.thread(remembered.apply(threads.look(thread, container)));
    }

    void add(Rows others) {
      others.collector.end();
      others.collector.dumps().forEach(dump -> dump.forEach(collector::thread));
    }
  }

  /// Counts threads by their stacks.
  private record Counts(LiveThreads threads, StackCounts counts) implements Sampling.Sampler {
    @Override
    public void look(Thread thread, String container) {
      counts.add(threads.stack(thread), threads.labels(thread), 1);
    }
  }

  /// Looks at every thread and gives each on at once, so that nothing is held of them.
  public void each(Consumer<? super DumpThread> taker) {
    Access seen = access();
    LiveThreads threads = new LiveThreads(LockFacts.NONE, seen.marks, seen.births);
    seen.lister.each((thread, container) -> taker.accept(threads.look(thread, container)));
  }

  /// As [#each], at another time than dumps and proofs.
  synchronized void eachAlone(Consumer<? super DumpThread> taker) {
    each(taker);
  }

  /// Interrupts those with these ids that are alive and can be seen.
  public void interrupt(Set<Long> ids) {
    access()
        .lister
        .each((thread, _) -> {
          if (ids.contains(thread.threadId())) {
            thread.interrupt();
          }
        });
  }

  /// The ids of all threads that can be seen.
  public Set<Long> ids() {
    Set<Long> ids = new HashSet<>();
    access().lister.each((thread, _) -> ids.add(thread.threadId()));
    return ids;
  }

  /// How many threads there are.
  public long count() {
    long[] count = {0};
    access().lister.each((_, _) -> count[0]++);
    return count[0];
  }

  /// Which threads cannot be seen and what to do, in a sentence; empty if all can.
  public String missing() {
    return access().lister.missing();
  }
}
