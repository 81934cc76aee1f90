package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.NoProofException;
import dev.groundhog.endpoint.Proof;
import dev.groundhog.endpoint.Prover;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/// Proves by a collection of this JVM's own collector which virtual threads are leaked. Each that
/// is parked without a deadline is held only by a handle while the collector works: whom it does
/// not reach in another way, nothing that can run can ever wake.
public final class LiveProver implements Prover {
  private static final Proof NOTHING = Proof.ofOrdinary(Map.of());

  private final Instrumentation instrumentation;
  private Optional<Access> access = Optional.empty();

  /// Those of the last proof, if they could not be closed.
  private Optional<Windows> left = Optional.empty();

  /// What collections are left to judge that nobody asked for.
  private Optional<StandingProof> standing = Optional.empty();

  public LiveProver(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  @Override
  public synchronized Proof prove(LongPredicate wanted) throws NoProofException {
    return told(() -> {
      Collector.require();
      closeStanding();
      return proof(access(), wanted);
    });
  }

  /// What may fail.
  private interface Proving {
    Proof prove() throws IOException, NoProofException, InterruptedException;
  }

  private static Proof told(Proving proving) throws NoProofException {
    try {
      return proving.prove();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new NoProofException("interrupted");
    } catch (IOException e) {
      throw new NoProofException(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      throw new NoProofException("the proof failed: " + e);
    }
  }

  /// What the collections since the last call have proven, and was not told before; whoever was
  /// parked at the last two calls is judged by those to come, until [#stopRounds]. It must not be
  /// kept.
  ///
  /// @throws NoProofException if that cannot be had here, or now
  synchronized Proof round() throws NoProofException {
    return told(() -> {
      Collector.requireTelling();
      StandingProof rounds = standing.isPresent() ? standing.get() : new StandingProof(access());
      Proof found = rounds.round();
      standing = Optional.of(rounds);
      return found;
    });
  }

  /// @throws NoProofException if it has to be tried again, for want of memory
  synchronized void stopRounds() throws NoProofException {
    told(() -> {
      closeStanding();
      standing = Optional.empty();
      return NOTHING;
    });
  }

  private void closeStanding() throws IOException {
    if (standing.isPresent()) {
      standing.get().close();
    }
  }

  /// A thread has been interrupted: whatever was told of it, it may go on.
  synchronized void forget(long id) {
    standing.ifPresent(rounds -> rounds.forget(id));
  }

  @Override
  public synchronized Optional<Map<Long, Boolean>> proven() {
    return standing.map(StandingProof::told);
  }

  private Access access() throws IOException {
    if (access.isEmpty()) {
      access = Optional.of(Access.find(instrumentation));
    }
    return access.get();
  }

  /// What only stranded threads reach is stranded too: a shutdown that interrupts one of them may
  /// let it wake others, or shut down an executor of its own, whose threads do the same. So where
  /// there are stranded ones, the others are judged once more while executors hold their threads.
  ///
  /// Where none of those in no executor is found again, somebody may just have held their list, who
  /// takes a dump or starts a thread: that is tried once more, a moment later.
  private Proof proof(Access jdk, LongPredicate wanted)
      throws IOException, NoProofException, InterruptedException {
    long began = System.nanoTime();
    Judged first = once(jdk, Windows.Cut.ALL, wanted);
    long candidates = first.candidates;
    Duration collecting = first.collecting;
    Map<Long, Proof.Leaked> stranded = stranded(first.leaked);
    if (!first.hasStranded || stranded.size() == first.leaked.size()) {
      return new Proof(first.leaked, effort(candidates, began, collecting));
    }
    Map<Long, WeakReference<Thread>> others = others(first.leaked);
    Set<Long> inNoExecutor = inNoExecutor(jdk, first.leaked);
    first = null; // it would hold all of them
    Judged second = once(jdk, Windows.Cut.ROOT, others::containsKey);
    collecting = collecting.plus(second.collecting);
    if (!inNoExecutor.isEmpty() && Collections.disjoint(inNoExecutor, second.leaked.keySet())) {
      second.leaked.forEach((id, each) -> others.put(id, new WeakReference<>(each.thread())));
      second = null;
      Thread.sleep(Windows.IN_FLIGHT_MILLIS);
      second = once(jdk, Windows.Cut.ROOT, others::containsKey);
      collecting = collecting.plus(second.collecting);
    }
    Map<Long, Proof.Leaked> proven = second.leaked;
    Map<Long, Proof.Leaked> leaked = new HashMap<>(stranded);
    others.forEach((id, other) -> {
      Thread thread = other.get();
      if (proven.containsKey(id)) {
        leaked.put(id, proven.get(id));
      } else if (thread != null && jdk.isParked(thread)) {
        leaked.put(id, new Proof.Leaked(thread, true));
      }
    });
    return new Proof(leaked, effort(candidates, began, collecting));
  }

  private static Optional<Proof.Effort> effort(
      long candidates, long beganNanos, Duration collecting) {
    Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
    return Optional.of(new Proof.Effort(candidates, took, collecting));
  }

  private static Map<Long, Proof.Leaked> stranded(Map<Long, Proof.Leaked> leaked) {
    Map<Long, Proof.Leaked> stranded = new HashMap<>(leaked);
    stranded.values().removeIf(each -> !each.isStranded());
    return stranded;
  }

  private static Map<Long, WeakReference<Thread>> others(Map<Long, Proof.Leaked> leaked) {
    Map<Long, WeakReference<Thread>> others = new HashMap<>();
    leaked.forEach((id, each) -> {
      if (!each.isStranded()) {
        others.put(id, new WeakReference<>(each.thread()));
      }
    });
    return others;
  }

  private static Set<Long> inNoExecutor(Access jdk, Map<Long, Proof.Leaked> leaked) {
    Set<Long> found = new HashSet<>();
    leaked.forEach((id, each) -> {
      if (!each.isStranded() && Containers.isRoot(jdk.containers().of(each.thread()))) {
        found.add(id);
      }
    });
    return found;
  }

  private Judged once(Access jdk, Windows.Cut cut, LongPredicate wanted)
      throws IOException, NoProofException, InterruptedException {
    if (left.isPresent() && !left.get().close()) {
      throw new NoProofException("this JVM is out of memory: a proof needs some");
    }
    left = Optional.empty();
    Windows windows = new Windows(jdk);
    try {
      Predicate<Thread> isWanted = thread -> wanted.test(thread.threadId());
      windows.prepare(cut, isWanted);
      return judge(jdk, windows, isWanted);
    } finally {
      if (!windows.close()) {
        left = Optional.of(windows);
      }
    }
  }

  private record Judged(
      Map<Long, Proof.Leaked> leaked, boolean hasStranded, long candidates, Duration collecting) {}

  /// What has a finalizer can still run: it is kept meanwhile, also from collections that others
  /// force. Soft references are as in any collection: those that have not been used for long, by
  /// the JVM's own rule, are cleared as weak ones are.
  private static Judged judge(Access jdk, Windows windows, Predicate<Thread> wanted)
      throws IOException, NoProofException {
    long candidates = windows.size();
    synchronized (jdk.finalizers().lock()) {
      List<Object> finalizable = jdk.finalizers().objects();
      try {
        windows.handOver();
        long began = System.nanoTime();
        Collector.collect();
        Duration collecting = Duration.ofNanos(System.nanoTime() - began);
        Windows.Found found = windows.found(wanted);
        return new Judged(found.leaked(), found.hasStranded(), candidates, collecting);
      } finally {
        Reference.reachabilityFence(finalizable);
      }
    }
  }
}
