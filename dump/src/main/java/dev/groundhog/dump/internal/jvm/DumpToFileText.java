package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of `jcmd PID Thread.dump_to_file`, of JDK 21 to 25. JDK 21 to 24 tell no state and no
/// locks.
public final class DumpToFileText implements TextFormat {
  private static final Pattern THREAD =
      Pattern.compile("#(\\d{1,18}) \"(.*)\"(?: (virtual))?(?: ([A-Z_]+)(?: \\S+)?)?");

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && (isThread(line) || isPreamble(lines));
  }

  /// PID, time, version, blank line.
  private static boolean isPreamble(Lines lines) throws DumpException {
    String pid = String.valueOf(lines.peek());
    if (pid.isEmpty() || pid.length() > 10 || !pid.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    String time = lines.peek(1);
    return time != null && JvmJson.instant(time).isPresent() && lines.peek(2) != null;
  }

  private static boolean isThread(String line) {
    return line.startsWith("#") && THREAD.matcher(line).matches();
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    OptionalLong pid = OptionalLong.empty();
    Optional<Instant> time = Optional.empty();
    String runtime = "";
    if (!isThread(String.valueOf(lines.peek()))) {
      pid = JvmJson.number(String.valueOf(lines.next()));
      time = JvmJson.instant(String.valueOf(lines.next()));
      runtime = String.valueOf(lines.next());
    }
    sink.begin(new ProcessInfo(pid, time, runtime, "Thread.dump_to_file text"));
    Map<String, Frame> cache = ThreadText.newCache();
    for (String line = lines.peek(); line != null; line = lines.peek()) {
      if (line.isBlank()) {
        lines.next();
        continue;
      }
      Matcher header = THREAD.matcher(line);
      if (!line.startsWith("#") || !header.matches()) {
        break;
      }
      lines.next();
      thread(header, cache, lines, sink);
    }
    sink.end();
  }

  private static void thread(Matcher header, Map<String, Frame> cache, Lines lines, DumpSink sink)
      throws DumpException {
    ThreadKind kind = header.group(3) == null ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL;
    ThreadText thread =
        new ThreadText(cache, kind, JvmJson.number(header.group(1)), header.group(2));
    if (header.group(4) != null) {
      thread.state = JvmJson.state(header.group(4));
    }
    String last = "";
    for (String line = lines.peek(); line != null && line.startsWith("    "); line = lines.peek()) {
      lines.next();
      last = line.strip();
      if (!thread.take(last) && !last.startsWith("//")) {
        sink.warning(new Warning(lines.number(), "no stack frame: it was passed over"));
      }
    }
    if (lines.peek() == null && !lines.lastLineComplete()) {
      boolean whole =
          last.isEmpty() ? header.group(4) == null : last.endsWith(")") || last.endsWith(">");
      sink.warning(
          new Warning(
              lines.number(),
              "the dump ends inside thread #" + header.group(1) + (whole ? "" : ", dropped")));
      if (!whole) {
        return;
      }
    }
    sink.thread(thread.build(Map.of()));
  }
}
