package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Groundhog's agent in this JVM, met by JDK types alone: it may be of another version. Safe to
/// share.
final class Meeting {
  private static final String PLACE = "java.util.concurrent.GroundhogMeeting1";
  private static final Pattern IDS = Pattern.compile("\\d{0,18}( \\d{1,18})*");

  /// What the probe carries; see [Tagging#NOBODY] and [Starters] for the next ones.
  private static final int PROBE_TAG = 1;

  private static final Duration MAX_PROBE = Duration.ofMillis(100);

  private static volatile Optional<Meeting> found = Optional.empty();

  /// The agent is there, and can't record on this JVM.
  private static volatile boolean recordsNothing;

  /// Why it is not there, once it was tried to load it.
  private static volatile Optional<String> refusal = Optional.empty();

  private final Function<Map<String, String>, String> control;

  private Meeting(Function<Map<String, String>, String> control) {
    this.control = control;
  }

  /// The agent, which is told to record who starts threads. If it is not in this JVM, the first
  /// call loads it, which takes about a second, unless that is not wanted.
  static Optional<Meeting> find() {
    if (found.isEmpty() && !recordsNothing) {
      found = foundOrLoaded();
    }
    return found;
  }

  /// Why [#find] is empty.
  static String refusal() {
    return recordsNothing
        ? "it cannot record who starts threads in this JVM"
        : refusal.orElse("nobody tried");
  }

  private static synchronized Optional<Meeting> foundOrLoaded() {
    if (found.isPresent()) {
      return found;
    }
    Optional<Meeting> met = meet();
    if (met.isPresent()
        || recordsNothing
        || refusal.isPresent()
        || WithoutAgent.chosen() != WithoutAgent.LOAD) {
      return met;
    }
    try {
      AgentLoader.load();
      met = meet();
      if (met.isEmpty()) {
        refusal = Optional.of("it was loaded, and is off");
      }
    } catch (AgentLoader.Refused e) {
      refusal = Optional.of(String.valueOf(e.getMessage()));
    }
    return met;
  }

  private static Optional<Meeting> meet() {
    try {
      Object control = Class.forName(PLACE, false, null).getField("control").get(null);
      if (control instanceof Function<?, ?> function) {
        Meeting agent = new Meeting(asked(function));
        agent.ask(Map.of("options", "births=all"));
        recordsNothing = !agent.records();
        return recordsNothing ? Optional.empty() : Optional.of(agent);
      }
      return Optional.empty();
    } catch (ReflectiveOperationException | RuntimeException | LinkageError _) {
      return Optional.empty();
    }
  }

  /// The meeting point promises these types.
  @SuppressWarnings("unchecked")
  private static Function<Map<String, String>, String> asked(Function<?, ?> function) {
    return (Function<Map<String, String>, String>) function;
  }

  /// Whether a thread that is started gets the tag of who starts it.
  private boolean records() {
    long self = Thread.currentThread().threadId();
    tag(self, PROBE_TAG);
    Thread probe = Thread.ofVirtual().name("groundhog-probe").start(LockSupport::park);
    tag(self, 0);
    try {
      return Arrays.stream(tagged(PROBE_TAG)).anyMatch(id -> id == probe.threadId());
    } finally {
      LockSupport.unpark(probe);
      joined(probe);
    }
  }

  private static void joined(Thread probe) {
    try {
      probe.join(MAX_PROBE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whoever `threadId` starts from now on has this tag, and so have those that they start, until
  /// it is 0.
  void tag(long threadId, int tag) {
    ask(Map.of("ask", "tag", "thread", Long.toString(threadId), "tag", Integer.toString(tag)));
  }

  /// The ids of threads with this tag that have not ended.
  long[] tagged(int tag) {
    String answer = ask(Map.of("ask", "tagged", "tag", Integer.toString(tag)));
    if (!IDS.matcher(answer).matches()) {
      throw new IllegalStateException("the agent did not answer: " + answer);
    }
    return answer.isEmpty()
        ? new long[0]
        : Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  Dump dump() throws IOException {
    byte[] json = ask(Map.of("ask", "dump")).getBytes(StandardCharsets.UTF_8);
    return DumpReader.readAll(new ByteArrayInputStream(json)).getFirst();
  }

  void interrupt(List<Long> ids) {
    String all = ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
    ask(Map.of("ask", "interrupt", "threads", all));
  }

  private String ask(Map<String, String> question) {
    return control.apply(question);
  }
}
