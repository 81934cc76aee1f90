package dev.groundhog.endpoint;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/// Who can prove by a garbage collection that threads of this JVM are leaked, as the agent can.
/// Safe to share.
public interface Prover {
  /// Nobody can.
  Prover NONE =
      wanted -> {
        throw new NoProofException("only Groundhog's agent can prove leaks: load it into this JVM");
      };

  /// Forces a collection that judges the virtual threads that wait without a deadline. One proof is
  /// made at a time; whoever asks meanwhile waits for some time.
  ///
  /// What only leaked threads reach is garbage for a moment: weak references to it are cleared, and
  /// so are soft ones that have not been used for as long as the JVM keeps such (a second for each
  /// free MiB of the heap, unless it is told otherwise). A waiter that only such a reference could
  /// wake is leaked from then on.
  ///
  /// @param wanted whether the thread with an id is to be judged; the others count as alive
  /// @throws NoProofException if nothing can be proven here, or now
  Proof prove(LongPredicate wanted) throws NoProofException;

  /// What the collections that this JVM made anyway have proven of virtual threads that wait still,
  /// by id: whether they are stranded, as they were then. Empty if collections are not watched.
  default Optional<Map<Long, Boolean>> proven() {
    return Optional.empty();
  }
}
