package dev.groundhog.endpoint;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.History;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A JVM and the memory of the last looks at it, so that whoever asks first is told how long
/// threads have been at their stacks and how groups grew. A report is a look too; besides,
/// [#start()] looks once a minute, on a daemon thread `groundhog-looks`, and less often where there
/// are many threads: a look that took `t` is followed by a pause of at least 1,000 `t`, which is
/// 0.1 % of one core. Safe to share.
///
/// What is kept is bounded: since when the 50,000 oldest threads are at their stacks (some 5 MB at
/// most), and the numbers of the 200 largest groups of each of the last 60 looks.
///
/// Limits: a thread that left its stack and came back between two looks seems never to have left.
public final class Watch implements AutoCloseable {
  private static final int MAX_THREADS = 50_000;
  private static final int MAX_STACKS = 10_000;
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final int PAUSES = 1_000;

  private final ThisJvm jvm;
  private final Duration interval;
  private final Looks looks = new Looks(MAX_THREADS);
  private final History<String> history = new History<>();
  private Optional<Thread> looking = Optional.empty();

  public Watch(ThisJvm jvm) {
    this(jvm, INTERVAL);
  }

  Watch(ThisJvm jvm, Duration interval) {
    this.jvm = jvm;
    this.interval = interval;
  }

  /// Looks from now on, the first time after a minute; does nothing if it does already.
  public synchronized void start() {
    if (looking.isEmpty()) {
      Thread thread = OwnThread.daemon("groundhog-looks", this::run);
      thread.start();
      looking = Optional.of(thread);
    }
  }

  /// Looks no more by itself; what was seen is kept.
  @Override
  public synchronized void close() {
    looking.ifPresent(Thread::interrupt);
    looking = Optional.empty();
  }

  private void run() {
    Duration pause = interval;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(pause);
        long began = System.nanoTime();
        try {
          Looking looking = new Looking(looks.begin());
          jvm.eachAlone(looking::add);
          add(looking);
        } catch (RuntimeException | Error _) {
          // this JVM is short of something: later, perhaps
        }
        Duration least = Duration.ofNanos((System.nanoTime() - began) * PAUSES);
        pause = least.compareTo(interval) > 0 ? least : interval;
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  /// The JVM that is watched.
  public ThisJvm jvm() {
    return jvm;
  }

  /// A dump in which threads that wait are told to have waited for as long as they are known to be
  /// at their stacks.
  public Dump dump() {
    return jvm.dump(this::remembered);
  }

  /// Looks at every thread, as [#dump], and gives each on at once.
  public void each(Consumer<? super DumpThread> taker) {
    jvm.each(thread -> taker.accept(remembered(thread)));
  }

  /// As [#dump()], with what `proof` has found.
  Dump dump(Proof proof) {
    return jvm.dump(thread -> proof.marked(remembered(thread)));
  }

  /// As [#each(Consumer)], with what `proof` has found.
  void each(Proof proof, Consumer<? super DumpThread> taker) {
    jvm.each(thread -> taker.accept(proof.marked(remembered(thread))));
  }

  /// Proves which threads are leaked; needs the agent.
  ///
  /// @param minWait only threads that are known to have been at their stacks for so long are judged
  /// @throws NoProofException if nothing can be proven here, or now
  public Proof prove(Duration minWait) throws NoProofException {
    if (minWait.isZero()) {
      return jvm.prove(_ -> true);
    }
    Set<Long> waiting = new HashSet<>();
    look()
        .forEach(thread ->
            looks
                .untilNow(thread)
                .filter(time -> time.compareTo(minWait) >= 0)
                .ifPresent(_ -> thread.id().ifPresent(waiting::add)));
    return jvm.prove(waiting::contains);
  }

  /// What the collections that the JVM made anyway have proven.
  ///
  /// @throws NoProofException if they are not watched
  Proof proven() throws NoProofException {
    return jvm.proven()
        .orElseThrow(() ->
            new NoProofException(
                "nothing is proven by the collections that this JVM makes anyway: load the agent"
                    + " with prove=continuous, or ask without gc=0"));
  }

  private DumpThread remembered(DumpThread thread) {
    return waits(thread) ? looks.untilNow(thread).map(thread::waitingFor).orElse(thread) : thread;
  }

  private static boolean waits(DumpThread thread) {
    return thread.state() != ThreadState.RUNNABLE
        || (thread.waitKind() != WaitKind.NONE
            && thread.waitKind() != WaitKind.UNKNOWN
            && thread.waitKind() != WaitKind.RUNTIME);
  }

  /// Verdicts on what there is now.
  public LeakReport report(String target, LeakRules rules) {
    return report(target, rules, UnaryOperator.identity());
  }

  /// As [#report(String, LeakRules)], with what `proof` has found.
  LeakReport report(String target, LeakRules rules, Proof proof) {
    return report(target, rules, proof::marked);
  }

  private synchronized LeakReport report(
      String target, LeakRules rules, UnaryOperator<DumpThread> marked) {
    Dump dump = look(marked);
    long now = System.nanoTime();
    List<Finding> findings = rules.judge(dump, looks, history);
    return new LeakReport(target, dump.process().time(), looks.watched(), dump, findings, List.of())
        .remembering(history, now);
  }

  private Dump look() {
    return look(UnaryOperator.identity());
  }

  /// A dump that is a look too.
  private Dump look(UnaryOperator<DumpThread> marked) {
    Looking looking = new Looking(looks.begin());
    Dump dump = jvm.dump(marked);
    dump.forEach(looking::add);
    add(looking);
    return dump;
  }

  private synchronized void add(Looking looking) {
    looks.add(looking.taking);
    history.add(System.nanoTime(), looking.signatures());
  }

  private static final class Count {
    private final DumpThread sample;
    private long threads;

    Count(DumpThread sample) {
      this.sample = sample;
    }
  }

  /// A look that goes on.
  private static final class Looking {
    private final Looks.Taking taking;
    private final Map<CallStack, Count> counts = new HashMap<>();

    Looking(Looks.Taking taking) {
      this.taking = taking;
    }

    void add(DumpThread thread) {
      taking.add(thread);
      Count count = counts.get(thread.stack());
      if (count == null && counts.size() < MAX_STACKS) {
        count = new Count(thread);
        counts.put(thread.stack(), count);
      }
      if (count != null) {
        count.threads += thread.count();
      }
    }

    Map<String, Long> signatures() {
      Map<String, Long> signatures = new HashMap<>();
      counts
          .values()
          .forEach(
              count -> signatures.merge(Groups.signature(count.sample), count.threads, Long::sum));
      return signatures;
    }
  }
}
