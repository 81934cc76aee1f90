package dev.groundhog.endpoint;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Which threads collections have proven to be leaked. It holds these threads, as nobody else may:
/// so they are there for as long as this is.
///
/// @param leaked by id, with the thread
/// @param effort what it took; empty if the JVM collected for its own reasons
public record Proof(Map<Long, Leaked> leaked, Optional<Effort> effort) {
  public Proof {
    leaked = Map.copyOf(leaked);
  }

  /// Of those that the JVM's own collections have found.
  public static Proof ofOrdinary(Map<Long, Leaked> leaked) {
    return new Proof(leaked, Optional.empty());
  }

  /// What a proof took that was asked for.
  ///
  /// @param candidates how many threads were judged
  /// @param took from the first look to the last
  /// @param collecting how much of it was the collection
  public record Effort(long candidates, Duration took, Duration collecting) {}

  /// A thread that nothing can complete the wait of.
  ///
  /// @param isStranded whether its executor is reachable, or that of another such thread which
  ///   reaches it: a shutdown could make it go on
  public record Leaked(Thread thread, boolean isStranded) {}

  /// `thread` with what was proven of it, of the wait that it was in: one that has gone on since,
  /// because its executor was shut down, is as it was.
  public DumpThread marked(DumpThread thread) {
    return thread.id().isEmpty() || thread.state() != ThreadState.WAITING
        ? thread
        : Optional.ofNullable(leaked.get(thread.id().getAsLong()))
            .map(found -> thread.with().leaked(true).stranded(found.isStranded).build())
            .orElse(thread);
  }
}
