package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Go's aggregated text, `debug=1` of the goroutine, goroutineleak and threadcreate profiles, as
/// runtime/pprof writes it: groups with a count, labels and frames; no ids, states or creators.
public final class GoDebug1 implements TextFormat {
  private static final Pattern HEADER = Pattern.compile("[a-z]+ profile: total (\\d+)");
  private static final Pattern OPENING =
      Pattern.compile("[a-z]{1,20} profile: total \\d{1,18}(?:\\\\n|$)");
  private static final String LABELS = "# labels: ";

  /// A program counter of 0 stands for an unknown stack.
  private static final String NO_FRAME = "#\t0x0";

  private static final int MAX_FRAMES = 10_000;

  static boolean isHeader(String line) {
    return line.length() < 80 && HEADER.matcher(line).matches();
  }

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && isHeader(line);
  }

  @Override
  public int openingIn(String line) {
    return TextFormat.find(OPENING, " profile: total ", line);
  }

  @Override
  public boolean mayHave(String line) {
    return line.isEmpty() || line.startsWith("#") || count(line).isPresent();
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    String header = String.valueOf(lines.next());
    String profile = header.substring(0, header.indexOf(' '));
    long total = GoHeader.number(header.substring(header.lastIndexOf(' ') + 1)).orElse(-1);
    sink.begin(
        new ProcessInfo(
            OptionalLong.empty(), Optional.empty(), "Go", "Go " + profile + " debug=1"));
    long seen = 0;
    for (String line = lines.peek();
        line != null && (line.isEmpty() || line.startsWith("#") || count(line).isPresent());
        line = lines.peek()) {
      lines.next();
      OptionalLong count = count(line);
      if (count.isPresent()) {
        seen += group(count.getAsLong(), profile, lines, sink) ? count.getAsLong() : 0;
      }
    }
    if (seen != total) {
      sink.warning(
          new Warning(
              lines.number(), "the header says " + total + " threads, " + seen + " were read"));
    }
    sink.end();
  }

  private static boolean group(long count, String profile, Lines lines, DumpSink sink)
      throws DumpException {
    Map<String, String> labels = Map.of();
    List<Frame> stack = new ArrayList<>();
    String last = "";
    for (String line = lines.peek(); line != null && line.startsWith("#"); line = lines.peek()) {
      lines.next();
      if (line.startsWith(LABELS)) {
        labels = GoLabels.parse(line.substring(LABELS.length()));
      } else if (line.startsWith("#\t") && !line.equals(NO_FRAME) && stack.size() < MAX_FRAMES) {
        stack.add(frame(line));
      }
      last = line;
    }
    if (lines.peek() == null) {
      // A group ends with a blank line, so this one is cut, or was copied without its last line.
      boolean whole = lines.lastLineComplete() || hasLine(last);
      sink.warning(
          new Warning(
              lines.number(),
              "the dump ends inside a group of "
                  + count
                  + (whole ? ", which is kept" : ", dropped")));
      if (!whole) {
        return false;
      }
    }
    sink.thread(thread(new CallStack(stack), profile).count(count).labels(labels).build());
    return true;
  }

  /// A threadcreate profile has threads of the operating system by where they were created, not by
  /// what they do.
  private static DumpThread.Builder thread(CallStack stack, String profile) {
    return profile.equals("threadcreate")
        ? DumpThread.of(ThreadKind.PLATFORM, CallStack.EMPTY).createdBy(stack)
        : DumpThread.of(ThreadKind.GOROUTINE, stack)
            .waits(GoWaits.byFrames(stack), "")
            .leaked(profile.equals("goroutineleak"));
  }

  private static boolean hasLine(String frame) {
    int colon = frame.lastIndexOf(':');
    return colon > 0 && GoHeader.number(frame.substring(colon + 1)).isPresent();
  }

  /// `50 @ 0x437556 0x4053cc`.
  private static OptionalLong count(String line) {
    int at = line.indexOf(" @");
    OptionalLong count = at <= 0 ? OptionalLong.empty() : GoHeader.number(line.substring(0, at));
    return count.isPresent() && count.getAsLong() == 0 ? OptionalLong.empty() : count;
  }

  /// `#\t0x4b4bc4\tmain.leak+0x24\t/home/gopher/main.go:10`, the columns divided by one or more
  /// tabs.
  private static Frame frame(String line) {
    String[] columns = line.split("\t+", 4);
    if (columns.length < 3 || columns[2].isEmpty()) {
      return new Frame(columns.length < 2 || columns[1].isEmpty() ? "?" : columns[1], "", 0);
    }
    int offset = columns[2].lastIndexOf("+0x");
    String function = offset <= 0 ? columns[2] : columns[2].substring(0, offset);
    return columns.length < 4
        ? new Frame(function, "", Frame.UNKNOWN_LINE)
        : GoPlaces.parse(function, columns[3]);
  }
}
