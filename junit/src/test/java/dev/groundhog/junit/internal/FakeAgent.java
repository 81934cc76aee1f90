package dev.groundhog.junit.internal;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Stands in front of the agent of this JVM, before the check meets it: it can fail as the agent
/// does. For a JVM of its own.
public final class FakeAgent implements Function<Map<String, String>, String> {
  private static final AtomicInteger LAST_TAG = new AtomicInteger(Tagging.OF_SHARED);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Function<Map<String, String>, String> real;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean isLost;
  private volatile int lostTags;
  private volatile boolean isDumb;

  private FakeAgent(Function<Map<String, String>, String> real) {
    this.real = real;
  }

  /// Waits for the agent, which begins while the program does.
  public static FakeAgent standsInFront() {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < PATIENCE.toNanos()) {
      try {
        Field control =
            Class.forName("java.util.concurrent.GroundhogMeeting1", false, null)
                .getField("control");
        if (control.get(null) instanceof Function<?, ?> real) {
          FakeAgent fake = new FakeAgent(asked(real));
          control.set(null, fake);
          return fake;
        }
      } catch (ReflectiveOperationException _) {
        // not yet
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    throw new IllegalStateException("there is no agent");
  }

  @SuppressWarnings("unchecked")
  private static Function<Map<String, String>, String> asked(Function<?, ?> real) {
    return (Function<Map<String, String>, String>) real;
  }

  /// Whether another agent has taken its calls out of the JDK: what was given until it has put them
  /// in again is lost for good.
  public void lost(boolean value) {
    lostTags = isLost && !value ? LAST_TAG.get() : lostTags;
    isLost = value;
  }

  /// Whether it does not know of one of `tags`.
  private boolean isLost(String tags) {
    return isLost
        || Arrays.stream(tags.split(" "))
            .mapToInt(Integer::parseInt)
            .anyMatch(tag -> tag > Tagging.OF_SHARED && tag <= lostTags);
  }

  /// Whether it makes no dump.
  public void dumb(boolean value) {
    isDumb = value;
  }

  /// How many there have been.
  public int calls() {
    return calls.get();
  }

  @Override
  public String apply(Map<String, String> question) {
    calls.incrementAndGet();
    String asked = question.getOrDefault("ask", "");
    if (asked.startsWith("tag") && isLost(question.getOrDefault("tag", ""))) {
      return "error: another agent took the calls out";
    }
    return switch (asked) {
      case "next-tag" -> Integer.toString(LAST_TAG.incrementAndGet());
      case "tagged" -> tagged(question.getOrDefault("tag", ""));
      case "dump" -> isDumb ? "nothing has changed: no dump" : real.apply(question);
      default -> real.apply(question);
    };
  }

  private String tagged(String tags) {
    if (!tags.contains(" ")) {
      return real.apply(Map.of("ask", "tagged", "tag", tags));
    }
    return Arrays.stream(tags.split(" "))
        .map(tag -> Map.entry(tag, tagged(tag)))
        .filter(found -> !found.getValue().isEmpty())
        .map(found -> found.getKey() + " " + found.getValue())
        .collect(Collectors.joining("\n"));
  }
}
