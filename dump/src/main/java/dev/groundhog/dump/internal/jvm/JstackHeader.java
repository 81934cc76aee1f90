package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.internal.Lines;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The first line of a thread in `Thread.print`, with a line break where its name has one: `"name"
/// #12 [26029] daemon prio=5 os_prio=0 cpu=1.00ms elapsed=2.33s tid=0x0 nid=1 runnable`.
///
/// @param name the name, which may have quotes, brackets and line breaks
/// @param facts what stands behind it
/// @param lines how many lines it takes
record JstackHeader(String name, String facts, int lines) {
  private static final int MAX_LINES = 8;
  private static final Pattern ID = Pattern.compile("^ #(\\d{1,18})\\b");
  private static final Pattern FACTS =
      Pattern.compile("^ (?:#\\d|\\[\\d|daemon |prio=|os_prio=|cpu=|tid=0x)");
  private static final Pattern ELAPSED =
      Pattern.compile(" elapsed=(\\d{1,12})(?:\\.(\\d{1,3}))?\\d*s");

  /// The header that starts at the next line; null if none does.
  static @Nullable JstackHeader at(Lines lines) throws DumpException {
    String text = lines.peek();
    if (text == null || !text.startsWith("\"")) {
      return null;
    }
    for (int taken = 1; taken <= MAX_LINES; taken++) {
      int end = text.lastIndexOf("\" ");
      if (end > 0 && FACTS.matcher(text.substring(end + 1)).find()) {
        return new JstackHeader(text.substring(1, end), text.substring(end + 1), taken);
      }
      String more = lines.peek(taken);
      if (more == null || more.startsWith("\"") || more.startsWith("\t")) {
        return null;
      }
      text += "\n" + more;
    }
    return null;
  }

  /// A thread with the facts of this line.
  JvmThread thread() {
    JvmThread thread = new JvmThread();
    thread.name = name;
    Matcher id = ID.matcher(facts);
    if (id.find()) {
      thread.id = JvmFacts.number(id.group(1));
    }
    thread.age = elapsed();
    // JVM-internal threads have a nid, and neither a Java id nor a priority nor a state.
    thread.internal = !facts.startsWith(" #") && !facts.contains(" prio=");
    if (thread.internal) {
      thread.state =
          facts.stripTrailing().endsWith("runnable") ? ThreadState.RUNNABLE : ThreadState.WAITING;
    }
    return thread;
  }

  private Optional<Duration> elapsed() {
    Matcher elapsed = ELAPSED.matcher(facts);
    if (!elapsed.find()) {
      return Optional.empty();
    }
    String fraction = elapsed.group(2) == null ? "" : elapsed.group(2);
    long millis = Long.parseLong((fraction + "000").substring(0, 3));
    return Optional.of(Duration.ofSeconds(Long.parseLong(elapsed.group(1))).plusMillis(millis));
  }
}
