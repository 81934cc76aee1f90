package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of `jstack`, `jcmd PID Thread.print` and SIGQUIT, from JDK 8 on: platform threads, and
/// from JDK 24 on mounted virtual ones. Owners of locks are found by who holds the same address;
/// the deadlocks that the JVM lists behind the threads are left out, since their threads stand
/// above.
public final class JstackText implements TextFormat {
  private static final String START = "Full thread dump ";
  private static final Pattern ID = Pattern.compile("#(\\d{1,18})\\b");
  private static final Pattern ELAPSED = Pattern.compile(" elapsed=(\\d{1,12})(?:\\.(\\d{1,3}))?s");
  private static final Pattern MOUNTED =
      Pattern.compile(" +Mounted virtual thread (?:\"(.*)\" )?#(\\d{1,18}).*");
  private static final String STATE = "java.lang.Thread.State: ";

  /// More threads than these are read without their locks' owners.
  private static final int MAX_WITH_OWNERS = 200_000;

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && line.startsWith(START);
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    String first = String.valueOf(lines.next());
    sink.begin(
        new ProcessInfo(
            OptionalLong.empty(), Optional.empty(), runtime(first), "Thread.print text"));
    Map<String, Frame> cache = ThreadText.newCache();
    List<ThreadText> threads = new ArrayList<>();
    for (String line = lines.peek(); line != null; line = lines.peek()) {
      if (line.startsWith(START) || line.startsWith("goroutine ")) {
        break;
      }
      lines.next();
      if (line.startsWith("JNI global ref") || line.startsWith("Found one Java-level deadlock")) {
        break;
      }
      if (line.startsWith("\"")) {
        thread(line, cache, lines, sink, threads);
      }
      if (threads.size() >= MAX_WITH_OWNERS) {
        emit(threads, sink);
      }
    }
    emit(threads, sink);
    sink.end();
  }

  private static void emit(List<ThreadText> threads, DumpSink sink) {
    Map<String, Long> owners = new HashMap<>();
    for (ThreadText thread : threads) {
      for (LockRef lock : thread.holds()) {
        thread.id.ifPresent(id -> owners.put(lock.identity(), id));
      }
    }
    threads.forEach(thread -> sink.thread(thread.build(owners)));
    threads.clear();
  }

  private static void thread(
      String header, Map<String, Frame> cache, Lines lines, DumpSink sink, List<ThreadText> threads)
      throws DumpException {
    int nameEnd = header.lastIndexOf("\" ");
    if (nameEnd < 1) {
      if (lines.peek() == null && !lines.lastLineComplete()) {
        sink.warning(new Warning(lines.number(), "the dump ends inside a thread's name"));
      }
      return;
    }
    String facts = header.substring(nameEnd + 1);
    Matcher id = ID.matcher(facts);
    ThreadText thread =
        new ThreadText(
            cache,
            ThreadKind.PLATFORM,
            id.find() ? OptionalLong.of(Long.parseLong(id.group(1))) : OptionalLong.empty(),
            header.substring(1, nameEnd));
    thread.age = elapsed(facts);
    List<ThreadText> found = new ArrayList<>(List.of(thread));
    String last = header;
    for (String line = lines.peek(); isBody(line); line = lines.peek()) {
      lines.next();
      last = String.valueOf(line);
      String text = last.strip();
      Matcher mounted = MOUNTED.matcher(last);
      if (text.startsWith(STATE)) {
        String state = text.substring(STATE.length());
        int end = state.indexOf(' ');
        thread.state = JvmJson.state(end < 0 ? state : state.substring(0, end));
      } else if (mounted.matches()) {
        String name = mounted.group(1) == null ? "" : mounted.group(1);
        found.add(
            new ThreadText(cache, ThreadKind.VIRTUAL, JvmJson.number(mounted.group(2)), name));
      } else if (last.startsWith("\t")) {
        found.getLast().take(text);
      }
    }
    if (lines.peek() == null && !lines.lastLineComplete()) {
      boolean whole = last.endsWith(")") || last.endsWith("]");
      sink.warning(
          new Warning(
              lines.number(),
              "the dump ends inside thread \"" + thread.name + "\"" + (whole ? "" : ", dropped")));
      if (!whole) {
        return;
      }
    }
    threads.addAll(found);
  }

  /// Everything up to the next thread or section. A blank line stands before `Locked ownable
  /// synchronizers`.
  private static boolean isBody(@org.jspecify.annotations.Nullable String line) {
    return line != null && (line.isEmpty() || line.startsWith("\t") || line.startsWith("   "));
  }

  private static String runtime(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    return open > 0 && close > open ? line.substring(open + 1, close) : "";
  }

  private static Optional<Duration> elapsed(String facts) {
    Matcher elapsed = ELAPSED.matcher(facts);
    if (!elapsed.find()) {
      return Optional.empty();
    }
    String fraction = elapsed.group(2) == null ? "" : elapsed.group(2);
    long millis = Long.parseLong((fraction + "000").substring(0, 3));
    return Optional.of(Duration.ofSeconds(Long.parseLong(elapsed.group(1))).plusMillis(millis));
  }
}
