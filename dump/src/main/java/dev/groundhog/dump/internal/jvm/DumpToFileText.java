package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import dev.groundhog.dump.internal.jvm.JvmThread.Wait;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The text of `jcmd PID Thread.dump_to_file`, of JDK 21 to 25. JDK 21 to 24 tell no state and no
/// locks. No version tells the containers.
public final class DumpToFileText implements TextFormat {
  private static final Pattern THREAD =
      Pattern.compile(
          "#(\\d{1,18}) \"(.*)\"(?: (virtual))?(?: ([A-Z_]+)(?: \\S+)?)?", Pattern.DOTALL);

  /// A name may have line breaks; one with more than these is not understood.
  private static final int MAX_NAME_LINES = 8;

  private static final int BELONGS_ELSEWHERE = 3;

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && (header(lines) != null || isPreamble(lines));
  }

  /// Whether a dump starts at the next line with PID, time, version, blank line.
  public static boolean isPreamble(Lines lines) throws DumpException {
    String pid = String.valueOf(lines.peek());
    if (pid.isEmpty() || pid.length() > 10 || !pid.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    String time = lines.peek(1);
    return time != null && JvmFacts.instant(time).isPresent() && lines.peek(2) != null;
  }

  private record Header(Matcher parts, int lines) {}

  /// The header that starts at the next line; null if none does.
  private static @Nullable Header header(Lines lines) throws DumpException {
    String text = lines.peek();
    if (text == null || !text.startsWith("#")) {
      return null;
    }
    for (int taken = 1; taken <= MAX_NAME_LINES; taken++) {
      Matcher parts = THREAD.matcher(text);
      if (parts.matches()) {
        return new Header(parts, taken);
      }
      String more = lines.peek(taken);
      if (more == null || more.startsWith("    ") || text.indexOf('"') < 0) {
        return null;
      }
      text += "\n" + more;
    }
    return null;
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    OptionalLong pid = OptionalLong.empty();
    Optional<Instant> time = Optional.empty();
    String runtime = "";
    if (isPreamble(lines)) {
      pid = JvmFacts.number(String.valueOf(lines.next()));
      time = JvmFacts.instant(String.valueOf(lines.next()));
      runtime = String.valueOf(lines.next());
    }
    sink.begin(new ProcessInfo(pid, time, runtime, "Thread.dump_to_file text"));
    LockOwners threads = new LockOwners(sink, Set.of(Wait.ENTERING));
    FrameCache cache = new FrameCache();
    boolean lost = false;
    for (String line = lines.peek(); line != null; line = lines.peek()) {
      Header header = header(lines);
      if (header != null) {
        thread(header, cache, lines, sink, threads);
        lost = false;
      } else if (line.isBlank()) {
        lines.next();
      } else if (isPreamble(lines) || belongsElsewhere(lines)) {
        break;
      } else {
        lines.next();
        if (!lost) {
          sink.warning(new Warning(lines.number(), "no thread: passed over up to the next one"));
        }
        lost = true;
      }
    }
    threads.flush();
    sink.end();
  }

  private static boolean belongsElsewhere(Lines lines) throws DumpException {
    for (int distance = 0; distance < BELONGS_ELSEWHERE; distance++) {
      String line = lines.peek(distance);
      if (line != null
          && (line.startsWith(JstackText.START)
              || line.startsWith("goroutine ")
              || line.startsWith("SIGQUIT"))) {
        return true;
      }
    }
    return false;
  }

  private static void thread(
      Header header, FrameCache cache, Lines lines, DumpSink sink, LockOwners threads)
      throws DumpException {
    for (int taken = 0; taken < header.lines; taken++) {
      lines.next();
    }
    JvmThread thread = new JvmThread();
    thread.id = JvmFacts.number(header.parts.group(1));
    thread.name = header.parts.group(2);
    if (header.parts.group(3) != null) {
      thread.kind = ThreadKind.VIRTUAL;
    }
    if (header.parts.group(4) != null) {
      thread.state = JvmFacts.state(header.parts.group(4));
    }
    ThreadText body = new ThreadText(cache, thread);
    String last = "";
    for (String line = lines.peek(); line != null && line.startsWith("    "); line = lines.peek()) {
      lines.next();
      last = line.strip();
      // At the very end it may be half of a frame, which is told below.
      if (!body.take(last) && !last.startsWith("//") && lines.peek() != null) {
        sink.warning(new Warning(lines.number(), "no stack frame: it was passed over"));
      }
    }
    if (lines.peek() != null || isWhole(thread, last, lines, sink)) {
      threads.thread(thread);
    }
  }

  /// Whether the last thread of the input is complete. A dump has a blank line behind it.
  private static boolean isWhole(JvmThread thread, String last, Lines lines, DumpSink sink) {
    if (thread.reachesTheStart() && last.endsWith(")")) {
      return true;
    }
    boolean cutInLine = !lines.lastLineComplete() && !last.endsWith(")") && !last.endsWith(">");
    String what =
        "the dump ends inside thread #" + thread.id.orElse(0) + (cutInLine ? ", dropped" : "");
    boolean hasNoStack = thread.depth() == 0 && thread.state != ThreadState.UNKNOWN;
    if (!hasNoStack || !lines.lastLineComplete()) {
      sink.warning(new Warning(lines.number(), what));
    }
    return !cutInLine;
  }
}
