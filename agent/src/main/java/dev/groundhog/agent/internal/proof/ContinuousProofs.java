package dev.groundhog.agent.internal.proof;

import dev.groundhog.endpoint.NoProofException;
import dev.groundhog.endpoint.OwnThread;
import dev.groundhog.endpoint.Proof;
import dev.groundhog.endpoint.ThisJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongPredicate;

/// Lets the collections that this JVM makes anyway prove leaks, from when that is asked for, and
/// tells of them. A daemon thread `groundhog-proofs` looks at the containers of virtual threads
/// once in the time that a thread must have waited to be judged. Safe to share.
public final class ContinuousProofs {
  private final LiveProver prover;
  private final ThisJvm jvm;
  private Optional<Running> running = Optional.empty();

  /// What was asked for.
  private record Running(Duration minWait, boolean interrupts, Thread thread) {}

  public ContinuousProofs(LiveProver prover, ThisJvm jvm) {
    this.prover = prover;
    this.jvm = jvm;
  }

  /// From now on, as asked; does nothing if it does so already.
  ///
  /// @param minWait so long a thread must have waited to be judged; empty if none is to be
  /// @param interrupts whether those that are proven are interrupted
  /// @throws IOException if this JVM cannot prove leaks so, or has to be asked again, in one line
  public synchronized void use(Optional<Duration> minWait, boolean interrupts) throws IOException {
    boolean isSame =
        running
            .filter(now -> now.thread.isAlive())
            .map(now -> minWait.equals(Optional.of(now.minWait)) && now.interrupts == interrupts)
            .orElse(false);
    if (isSame) {
      return;
    }
    try {
      stop();
      if (minWait.isPresent()) {
        start(minWait.get(), interrupts);
      }
    } catch (NoProofException e) {
      throw new IOException(e.reason(), e);
    }
  }

  private void start(Duration minWait, boolean interrupts) throws NoProofException {
    prover.round();
    Thread thread = OwnThread.daemon("groundhog-proofs", () -> run(minWait, interrupts));
    running = Optional.of(new Running(minWait, interrupts, thread));
    thread.start();
  }

  private void stop() throws NoProofException {
    running.ifPresent(now -> now.thread.interrupt());
    running = Optional.empty();
    prover.stopRounds();
  }

  private void run(Duration minWait, boolean interrupts) {
    ProvenLeaks leaks = new ProvenLeaks(jvm, line -> System.err.println("groundhog: " + line));
    LongPredicate mayInterrupt = id -> interrupts && isToBeInterrupted(id);
    while (isRunning()) {
      try {
        Thread.sleep(minWait);
        Optional<Proof> found = round();
        if (found.isPresent() && !found.get().leaked().isEmpty()) {
          tell(leaks, found.get(), mayInterrupt);
        }
      } catch (InterruptedException _) {
        // it was stopped, or somebody interrupts whatever there is
      } catch (NoProofException | RuntimeException | Error _) {
        // this JVM is short of something: later, perhaps
      }
    }
  }

  private void tell(ProvenLeaks leaks, Proof proof, LongPredicate mayInterrupt) {
    boolean isTold = false;
    try {
      leaks.tell(proof, mayInterrupt);
      isTold = true;
    } finally {
      if (!isTold) {
        proof.leaked().keySet().forEach(prover::forget); // they are found again
      }
    }
  }

  private synchronized boolean isRunning() {
    return running.filter(now -> now.thread.equals(Thread.currentThread())).isPresent();
  }

  /// Unless it was stopped meanwhile. Nobody is told of it any more: it goes on.
  private synchronized boolean isToBeInterrupted(long id) {
    boolean is = isRunning();
    if (is) {
      prover.forget(id);
    }
    return is;
  }

  /// Unless it was stopped meanwhile.
  private synchronized Optional<Proof> round() throws NoProofException {
    if (!isRunning()) {
      return Optional.empty();
    }
    jvm.requireRoomForProof();
    return Optional.of(prover.round());
  }
}
