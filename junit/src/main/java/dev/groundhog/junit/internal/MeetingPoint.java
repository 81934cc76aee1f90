package dev.groundhog.junit.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// Where the agent is met, and whether it does what the check needs.
final class MeetingPoint {
  private static final String PLACE = "java.util.concurrent.GroundhogMeeting1";

  /// What the probe carries; see [Tagging#NOBODY] and [Meeting#nextTag] for the next ones.
  private static final int PROBE_TAG = 1;

  /// What is asked once more may have been a hiccup.
  private static final int MAX_PROBES = 3;

  private static final Duration MAX_PROBE = Duration.ofSeconds(5);

  private MeetingPoint() {}

  /// The agent is there, and does not do what is needed.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /// The agent, which records from now on; empty if there is none.
  ///
  /// @throws Refused with a sentence that says why it can't
  static Optional<Meeting> meet() throws Refused {
    Optional<Function<Map<String, String>, String>> control = control();
    return control.isEmpty() ? Optional.empty() : Optional.of(meet(control.get()));
  }

  private static Optional<Function<Map<String, String>, String>> control() throws Refused {
    try {
      Object control = Class.forName(PLACE, false, null).getField("control").get(null);
      return control instanceof Function<?, ?> function
          ? Optional.of(asked(function))
          : Optional.empty();
    } catch (ClassNotFoundException _) {
      return Optional.empty();
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new Refused("Groundhog's agent cannot be met: " + e);
    }
  }

  /// The meeting point promises these types.
  @SuppressWarnings("unchecked")
  private static Function<Map<String, String>, String> asked(Function<?, ?> function) {
    return (Function<Map<String, String>, String>) function;
  }

  static Meeting meet(Function<Map<String, String>, String> control) throws Refused {
    String reason;
    try {
      reason = control.apply(Map.of("options", "births=all"));
      Meeting probed = Meeting.silent(control);
      for (int i = 0; i < MAX_PROBES; i++) {
        if (Probe.records(probed)) {
          return new Meeting(control);
        }
      }
    } catch (RuntimeException | LinkageError e) {
      reason = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    throw new Refused("Groundhog's agent cannot tell who starts threads in this JVM: " + reason);
  }

  /// Whether a thread that is started gets the tag of who starts it. It runs on a thread of its
  /// own, which ends: nobody can tell what tag the current one has, to put it back.
  private static final class Probe implements Runnable {
    private final Meeting agent;
    private volatile boolean records;

    private Probe(Meeting agent) {
      this.agent = agent;
    }

    static boolean records(Meeting agent) {
      Probe probe = new Probe(agent);
      Thread thread = Thread.ofPlatform().daemon().name("groundhog-probe").start(probe);
      joined(thread);
      return probe.records;
    }

    @Override
    public void run() {
      try {
        agent.tag(Thread.currentThread().threadId(), PROBE_TAG);
        records = isTagged();
      } catch (RuntimeException | LinkageError _) {
        // It does not record.
      }
    }

    private boolean isTagged() {
      Thread child = Thread.ofVirtual().name("groundhog-probe").start(LockSupport::park);
      try {
        long[] ids = agent.tagged(List.of(PROBE_TAG)).getOrDefault(PROBE_TAG, new long[0]);
        return Arrays.stream(ids).anyMatch(id -> id == child.threadId());
      } finally {
        LockSupport.unpark(child);
        joined(child);
      }
    }

    /// Whoever interrupts the test does not mean this.
    private static void joined(Thread thread) {
      try (Pauses pauses = new Pauses()) {
        while (thread.isAlive() && pauses.pause(MAX_PROBE)) {
          // once more
        }
      }
    }
  }
}
