package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Groundhog's agent in this JVM, met by JDK types alone: it may be of another version. Safe to
/// share.
final class Meeting {
  private static final System.Logger LOG = System.getLogger(Meeting.class.getName());

  private static final String ERROR = "error: ";

  /// What an agent says that does not know a question.
  private static final String UNKNOWN = "unknown question";

  private static volatile Optional<Meeting> found = Optional.empty();

  /// Why it is not there, once that is known for good.
  private static volatile Optional<String> refusal = Optional.empty();

  private final Function<Map<String, String>, String> control;

  /// An older agent gives no tags, and knows the threads of one tag at a time.
  private volatile boolean isOld;

  private final AtomicInteger counted = new AtomicInteger(Tagging.OF_SHARED);

  /// Tags up to this one are lost, since each was first given before those behind it.
  private final AtomicInteger lost = new AtomicInteger();

  private final AtomicBoolean hasWarned = new AtomicBoolean();
  private volatile Optional<String> reason = Optional.empty();

  Meeting(Function<Map<String, String>, String> control) {
    this.control = control;
  }

  /// One that warns of nothing.
  static Meeting silent(Function<Map<String, String>, String> control) {
    Meeting meeting = new Meeting(control);
    meeting.hasWarned.set(true);
    return meeting;
  }

  /// The agent does not know who has a tag: another agent has taken its calls out of the JDK since
  /// that was first given, say.
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;

    Lost(String reason) {
      super(reason);
    }
  }

  /// The agent, which is told to record who starts threads. If it is not in this JVM, the first
  /// call loads it, which takes about a second, unless that is not wanted.
  ///
  /// @throws IllegalArgumentException if it is not known whether that is wanted
  static Optional<Meeting> find() {
    if (found.isEmpty() && refusal.isEmpty()) {
      foundOrLoaded();
    }
    return found;
  }

  /// Why [#find] is empty, in a sentence.
  static String refusal() {
    return refusal.orElse("nobody has looked for Groundhog's agent");
  }

  private static synchronized void foundOrLoaded() {
    if (found.isPresent() || refusal.isPresent()) {
      return;
    }
    try {
      found = MeetingPoint.meet();
      if (found.isEmpty() && WithoutAgent.chosen() == WithoutAgent.LOAD) {
        AgentLoader.load();
        found = MeetingPoint.meet();
        if (found.isEmpty()) {
          refusal = Optional.of("Groundhog's agent was loaded, and is off");
        }
      }
    } catch (MeetingPoint.Refused e) {
      refusal = Optional.of(String.valueOf(e.getMessage()));
    } catch (AgentLoader.Refused e) {
      refusal =
          Optional.of(
              "the agent could not be loaded ("
                  + e.getMessage()
                  + "); start Java with -javaagent:groundhog-agent.jar");
    }
  }

  /// A tag that nobody else in this JVM has, whatever loader has loaded him.
  ///
  /// @throws Lost if there is none
  int nextTag() {
    if (!isOld) {
      String answer = answer(Map.of("ask", "next-tag"), Tagging.NONE);
      if (!answer.contains(UNKNOWN)) {
        return read(answer, Tagging.NONE, Answer::tag);
      }
      isOld = true;
    }
    return counted.incrementAndGet();
  }

  /// Whoever `threadId` starts from now on has this tag, and so have those that they start; with 0
  /// it hands on none.
  ///
  /// @throws Lost if that is not sure
  void tag(long threadId, int tag) {
    Map<String, String> question =
        Map.of("ask", "tag", "thread", Long.toString(threadId), "tag", Integer.toString(tag));
    String answer = answer(question, tag);
    if (!answer.isEmpty()) {
      throw lost(answer, tag);
    }
  }

  /// The ids of threads with one of these tags that have not ended, by their tags, in one question.
  /// A tag without any has no entry.
  ///
  /// @throws Lost if they are not known of one of the tags; [#isLost] then says of which
  Map<Integer, long[]> tagged(Collection<Integer> tags) {
    if (tags.size() > 1 && !isOld) {
      return taggedByOne(tags);
    }
    Map<Integer, long[]> found = new HashMap<>();
    for (int tag : tags) {
      long[] ids = tagged(tag);
      if (ids.length > 0) {
        found.put(tag, ids);
      }
    }
    return found;
  }

  private Map<Integer, long[]> taggedByOne(Collection<Integer> tags) {
    try {
      Map<String, String> question = Map.of("ask", "tagged", "tag", joined(tags));
      return read(answer(question, Tagging.NONE), Tagging.NONE, Answer::byTag);
    } catch (Lost e) {
      findLost(tags.stream().mapToInt(Integer::intValue).sorted().toArray());
      throw e;
    }
  }

  private void findLost(int[] sorted) {
    int known = sorted.length;
    int lostOnes = 0;
    while (lostOnes < known) {
      int middle = (lostOnes + known) >>> 1;
      try {
        long[] _ = tagged(sorted[middle]);
        known = middle;
      } catch (Lost _) {
        lostOnes = middle + 1;
      }
    }
  }

  private long[] tagged(int tag) {
    Map<String, String> question = Map.of("ask", "tagged", "tag", Integer.toString(tag));
    return read(answer(question, tag), tag, Answer::ids);
  }

  private <T> T read(String answer, int tag, Function<String, T> reader) {
    try {
      return reader.apply(answer);
    } catch (IllegalArgumentException _) {
      throw lost(answer, tag);
    }
  }

  private String answer(Map<String, String> question, int tag) {
    String answer = control.apply(question);
    if (answer.startsWith(ERROR)) {
      throw lost(answer, tag);
    }
    return answer;
  }

  private Lost lost(String answer, int tag) {
    String line = answer.lines().findFirst().orElse("");
    String why = line.startsWith(ERROR) ? line.substring(ERROR.length()) : line;
    reason = Optional.of(why);
    lost.accumulateAndGet(tag, Math::max);
    if (hasWarned.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "leak check: Groundhog's agent does not know who starts threads ("
              + why
              + "): until it does, threads are known by when they were made");
    }
    return new Lost(why);
  }

  /// Whether the agent has once not known who has this tag.
  boolean isLost(int tag) {
    return tag <= lost.get();
  }

  /// Why it did not know the last time; empty if it always has.
  Optional<String> lossReason() {
    return reason;
  }

  Dump dump() throws IOException {
    String answer = control.apply(Map.of("ask", "dump"));
    if (!answer.startsWith("{")) {
      throw new IOException("Groundhog's agent makes no dump: " + answer);
    }
    byte[] json = answer.getBytes(StandardCharsets.UTF_8);
    return DumpReader.readAll(new ByteArrayInputStream(json)).getFirst();
  }

  /// @throws IllegalStateException if the agent does not
  void interrupt(List<Long> ids) {
    String answer = control.apply(Map.of("ask", "interrupt", "threads", joined(ids)));
    if (!answer.isEmpty()) {
      throw new IllegalStateException("Groundhog's agent interrupts nobody: " + answer);
    }
  }

  private static String joined(Collection<? extends Number> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
