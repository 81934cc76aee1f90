package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import dev.groundhog.dump.internal.jvm.JvmThread.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The text of `jstack`, `jcmd PID Thread.print` and SIGQUIT, from JDK 8 on: platform threads, and
/// from JDK 24 on mounted virtual ones. Owners of locks are found by who holds the same address;
/// the deadlocks that the JVM lists behind the threads are left out, since their threads stand
/// above. The time of the dump is not read: it has no zone.
public final class JstackText implements TextFormat {
  static final String START = "Full thread dump ";
  private static final Pattern OPENING = Pattern.compile(START + "[^\\\\]{1,300}:(?:\\\\n|$)");
  private static final Pattern PID = Pattern.compile("\\d{1,10}:");
  private static final Pattern MOUNTED =
      Pattern.compile(" +Mounted virtual thread (?:\"(.*)\" )?#(\\d{1,18}).*");
  private static final String STATE = "java.lang.Thread.State: ";

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && (line.startsWith(START) || isPid(lines));
  }

  @Override
  public int openingIn(String line) {
    return TextFormat.find(OPENING, START, line);
  }

  @Override
  public boolean mayHave(String line) {
    return isBody(line)
        || line.startsWith("\"")
        || line.contains(" tid=0x")
        || line.startsWith(START)
        || isEnd(line);
  }

  /// `jcmd` writes `26027:` and a line with the time first.
  private static boolean isPid(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null
        && PID.matcher(line).matches()
        && (isStart(lines.peek(1)) || isStart(lines.peek(2)));
  }

  private static boolean isStart(@Nullable String line) {
    return line != null && line.startsWith(START);
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    OptionalLong pid = OptionalLong.empty();
    if (isPid(lines)) {
      String line = String.valueOf(lines.next());
      pid = JvmFacts.number(line.substring(0, line.length() - 1));
    }
    String first = String.valueOf(lines.next());
    if (!first.startsWith(START)) {
      first = String.valueOf(lines.next());
    }
    sink.begin(new ProcessInfo(pid, Optional.empty(), runtime(first), "Thread.print text"));
    LockOwners threads = new LockOwners(sink, Set.of(Wait.ENTERING, Wait.PARKING));
    if (!threads(lines, sink, threads)) {
      sink.warning(
          new Warning(lines.number(), "the dump has no end: threads may be missing behind here"));
    }
    threads.flush();
    sink.end();
  }

  /// Reads threads up to the JNI line, which every version writes behind them; false without it.
  private static boolean threads(Lines lines, DumpSink sink, LockOwners threads)
      throws DumpException {
    FrameCache cache = new FrameCache();
    for (String line = lines.peek(); line != null; line = lines.peek()) {
      if (line.startsWith(START) || line.startsWith("goroutine ") || isPid(lines)) {
        return false;
      }
      if (isEnd(line)) {
        lines.next();
        return true;
      }
      JstackHeader header = JstackHeader.at(lines);
      if (header != null) {
        thread(header, cache, lines, sink, threads);
        continue;
      }
      lines.next();
      if (line.startsWith("\"")) {
        sink.warning(new Warning(lines.number(), "a thread's first line is cut, dropped"));
      }
    }
    return false;
  }

  private static boolean isEnd(String line) {
    return line.startsWith("JNI global ref") || line.startsWith("Found one Java-level deadlock");
  }

  private static void thread(
      JstackHeader header, FrameCache cache, Lines lines, DumpSink sink, LockOwners threads)
      throws DumpException {
    for (int taken = 0; taken < header.lines(); taken++) {
      lines.next();
    }
    JvmThread thread = header.thread();
    List<JvmThread> found = new ArrayList<>(List.of(thread));
    ThreadText body = new ThreadText(cache, thread);
    String last = header.facts();
    for (String line = lines.peek(); isBody(line); line = lines.peek()) {
      lines.next();
      last = String.valueOf(line);
      String text = last.strip();
      Matcher mounted = MOUNTED.matcher(last);
      if (text.startsWith(STATE)) {
        String state = text.substring(STATE.length());
        int end = state.indexOf(' ');
        thread.state = JvmFacts.state(end < 0 ? state : state.substring(0, end));
      } else if (mounted.matches()) {
        JvmThread virtual = new JvmThread();
        virtual.kind = ThreadKind.VIRTUAL;
        virtual.id = JvmFacts.number(mounted.group(2));
        virtual.name = mounted.group(1) == null ? "" : mounted.group(1);
        found.add(virtual);
        body = new ThreadText(cache, virtual);
      } else if (text.startsWith("Locked ownable synchronizers")) {
        body = new ThreadText(cache, thread);
      } else if (last.startsWith("\t") && !body.take(text) && lines.peek() != null) {
        sink.warning(new Warning(lines.number(), "no stack frame: it was passed over"));
      }
    }
    if (lines.peek() == null && !lines.lastLineComplete() && !endsWhole(last)) {
      sink.warning(
          new Warning(lines.number(), "the dump ends inside \"" + thread.name + "\", dropped"));
      return;
    }
    found.forEach(threads::thread);
  }

  private static boolean endsWhole(String last) {
    return last.endsWith(")") || last.endsWith("]") || last.endsWith("None");
  }

  /// Everything up to the next thread or section. A blank line stands before `Locked ownable
  /// synchronizers`.
  private static boolean isBody(@Nullable String line) {
    return line != null && (line.isEmpty() || line.startsWith("\t") || line.startsWith("   "));
  }

  private static String runtime(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    return open > 0 && close > open ? line.substring(open + 1, close) : "";
  }
}
