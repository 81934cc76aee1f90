package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.NoProofException;
import dev.groundhog.endpoint.Proof;
import dev.groundhog.endpoint.Prover;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/// Proves by a collection of this JVM's own collector which virtual threads are leaked. Each that
/// is parked without a deadline is held only by a handle while the collector works: whom it does
/// not reach in another way, nothing that can run can ever wake.
public final class LiveProver implements Prover {
  private final Instrumentation instrumentation;
  private Optional<Access> access = Optional.empty();

  /// Those of the last proof, if they could not be closed.
  private Optional<Windows> left = Optional.empty();

  public LiveProver(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  @Override
  public synchronized Proof prove(LongPredicate wanted) throws NoProofException {
    try {
      Collector.require();
      return proof(access(), wanted);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new NoProofException("interrupted");
    } catch (IOException e) {
      throw new NoProofException(String.valueOf(e.getMessage()));
    }
  }

  private Access access() throws IOException {
    if (access.isEmpty()) {
      access = Optional.of(Access.find(instrumentation));
    }
    return access.get();
  }

  private Proof proof(Access jdk, LongPredicate wanted)
      throws IOException, NoProofException, InterruptedException {
    if (left.isPresent() && !left.get().close()) {
      throw new NoProofException("this JVM is out of memory: a proof needs some");
    }
    left = Optional.empty();
    long began = System.nanoTime();
    Windows windows = new Windows(jdk);
    try {
      windows.prepare(wanted);
      long candidates = windows.size();
      Judged judged = judge(jdk, windows);
      return new Proof(
          judged.leaked,
          candidates,
          Duration.ofNanos(System.nanoTime() - began),
          judged.collecting);
    } finally {
      if (!windows.close()) {
        left = Optional.of(windows);
      }
    }
  }

  private record Judged(Map<Long, Proof.Leaked> leaked, Duration collecting) {}

  /// What has a finalizer can still run: it is kept meanwhile, also from collections that others
  /// force. Soft references are as in any collection: those that have not been used for long, by
  /// the JVM's own rule, are cleared as weak ones are.
  private static Judged judge(Access jdk, Windows windows) throws IOException, NoProofException {
    synchronized (jdk.finalizers().lock()) {
      List<Object> finalizable = jdk.finalizers().objects();
      try {
        windows.handOver();
        long began = System.nanoTime();
        Collector.collect();
        Duration collecting = Duration.ofNanos(System.nanoTime() - began);
        return new Judged(windows.found(), collecting);
      } finally {
        Reference.reachabilityFence(finalizable);
      }
    }
  }
}
